public import CorralData
public import CorralVectors
import Foundation

/// Draws items with probabilities proportional to a power of their counts: `Q(d) ~ n_d^exponent`.
///
/// Exponent 1 draws as in-batch negatives are drawn, 0.75 is word2vec's, 0 is uniform over the items
/// that were counted at all. A draw takes constant time (alias table).
public struct PopularitySampler: NegativeSampler {
  private let table: AliasTable
  private let logProbabilities: [Float]

  /// A sampler over counted items, at least one of them counted.
  public init(counts: [Int], exponent: Double = 1) {
    guard counts.contains(where: { $0 > 0 }) else {
      fatalError("a popularity sampler needs an item with a count, and none of \(counts.count) has")
    }
    table = AliasTable(weights: counts.map { $0 > 0 ? pow(Double($0), exponent) : 0 })
    logProbabilities = table.probabilities.map { Float(log($0)) }
  }

  /// The probability of each item in one draw, `[items]`.
  public var probabilities: [Double] { table.probabilities }

  /// Draws `count` negatives for each row of the context.
  public func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives {
    let total = context.rows * count
    let items = [ItemIndex](unsafeUninitializedCapacity: total) { items, filled in
      for position in 0..<total { items[position] = ItemIndex(table.draw(using: &rng)) }
      filled = total
    }
    return Negatives(
      rows: context.rows, count: count, items: items,
      logProbabilities: logProbabilities(of: items, for: context))
  }

  /// The logarithm of each item's share, `-infinity` for an item without a count.
  public func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    items.map { $0.position < logProbabilities.count ? logProbabilities[$0.position] : -.infinity }
  }
}
