package import CorralData
package import CorralIndex
package import CorralVectors
import Foundation

extension Popularity {
  /// The counts as a named tensor for a safetensors file.
  package var tensors: [SafetensorsTensor] { [SafetensorsTensor("counts", counts.map(Int64.init))] }

  /// Reads the counts back from a file; throws `SafetensorsError` if it holds none.
  package init(_ file: SafetensorsFile) throws {
    let counts: [Int64] = try file.array("counts")
    self.init(counts: counts.map(Int.init))
  }
}

/// Recommends the most frequent items, the same to everybody.
package struct Popularity: QueryEncoder, Equatable {
  /// The number of interactions of each item, `[items]`.
  package let counts: [Int]

  /// The items with at least one interaction.
  package let placed: PlacedItems

  /// Creates the model from the count of each item.
  package init(counts: [Int]) {
    self.counts = counts
    placed = PlacedItems(counts.map { $0 > 0 })
  }

  /// Counts the items of the training part.
  package init(_ split: Split) {
    self.init(counts: split.itemCounts())
  }

  /// The dimension of vectors, which are single numbers.
  package var dimension: Int { 1 }

  /// The vector of every item, `[items, 1]`: its count, so that any index finds the most popular.
  ///
  /// Counts are better than their logarithms here: floats distinguish counts up to 2^24.
  package var itemVectors: Matrix {
    Matrix(rows: counts.count, columns: 1, values: counts.map(Float.init))
  }

  /// The vector of every request: `[1]`.
  package func vector(for query: Query) -> [Float] { [1] }

  /// Returns the logarithm of each item's share after `smoothing` is added to every count.
  package func logProbabilities(smoothing: Double = 1) -> [Float] {
    let total = counts.reduce(0) { $0 + Double($1) } + smoothing * Double(counts.count)
    return counts.map { Float(log((Double($0) + smoothing) / total)) }
  }
}
