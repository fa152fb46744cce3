public import CorralData
public import CorralIndex
package import CorralVectors
import Foundation

extension Popularity {
  /// The counts as a named tensor for a safetensors file.
  package var tensors: [SafetensorsTensor] { [SafetensorsTensor("counts", counts.map(Int64.init))] }

  /// Reads the counts back from a file; throws `SafetensorsError` where it holds none.
  package init(_ file: SafetensorsFile) throws {
    let counts: [Int64] = try file.array("counts")
    self.init(counts: counts.map(Int.init))
  }
}

/// Recommends what occurred most often, the same to everybody.
public struct Popularity: QueryEncoder, Equatable {
  /// How often each item occurred, `[items]`.
  package let counts: [Int]

  /// The items that were counted at least once.
  public let placed: PlacedItems

  /// The popularity of items that were counted.
  package init(counts: [Int]) {
    self.counts = counts
    placed = PlacedItems(counts.map { $0 > 0 })
  }

  /// The popularity of the items of a training part.
  public init(_ split: Split) {
    self.init(counts: split.itemCounts())
  }

  /// Vectors are single numbers.
  public var dimension: Int { 1 }

  /// The vector of every item, `[items, 1]`: its count, so that any index finds what is popular.
  ///
  /// Counts rather than their logarithms, because floats tell counts apart up to 2^24.
  package var itemVectors: Matrix {
    Matrix(rows: counts.count, columns: 1, values: counts.map(Float.init))
  }

  /// The vector of every request: `[1]`.
  public func vector(for query: Query) -> [Float] { [1] }

  /// The logarithm of each item's share in the counts, after `smoothing` more of every item.
  package func logProbabilities(smoothing: Double = 1) -> [Float] {
    let total = counts.reduce(0) { $0 + Double($1) } + smoothing * Double(counts.count)
    return counts.map { Float(log((Double($0) + smoothing) / total)) }
  }
}
