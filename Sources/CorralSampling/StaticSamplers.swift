package import CorralData
package import CorralVectors
import Foundation

/// Draws every item of the catalogue with the same probability.
package struct UniformSampler: NegativeSampler {
  /// The number of items in the catalogue.
  package let itemCount: Int

  /// A sampler over the items `0..<itemCount`, at least one.
  package init(itemCount: Int) {
    guard itemCount > 0 else { fatalError("a uniform sampler needs at least one item") }
    self.itemCount = itemCount
  }

  /// Draws `count` negatives for each row of the context.
  package func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives {
    let total = context.rows * count
    let items = [ItemIndex](unsafeUninitializedCapacity: total) { items, filled in
      for position in 0..<total { items[position] = ItemIndex(rng.next(below: itemCount)) }
      filled = total
    }
    return Negatives(
      rows: context.rows, count: count, items: items,
      logProbabilities: [Float](repeating: logProbability, count: total))
  }

  /// The logarithm of `1 / itemCount` for every item of the catalogue.
  package func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    items.map { $0.position < itemCount ? logProbability : -.infinity }
  }

  private var logProbability: Float { Float(-log(Double(itemCount))) }
}

/// Draws items with probabilities proportional to a power of their counts: `Q(d) ~ n_d^exponent`.
///
/// Exponent 1 draws as batches do, 0.75 is word2vec's, 0 is uniform over the items with a count. A draw
/// takes constant time (alias table).
package struct PopularitySampler: NegativeSampler {
  private let table: AliasTable
  private let logProbabilities: [Float]

  /// A sampler over items, at least one of which has a count.
  package init(counts: [Int], exponent: Double = 1) {
    guard counts.contains(where: { $0 > 0 }) else {
      fatalError("a popularity sampler needs an item with a count, and none of \(counts.count) has")
    }
    table = AliasTable(weights: counts.map { $0 > 0 ? pow(Double($0), exponent) : 0 })
    logProbabilities = table.probabilities.map { Float(log($0)) }
  }

  /// The probability of each item in one draw, `[items]`.
  package var probabilities: [Double] { table.probabilities }

  /// Draws `count` negatives for each row of the context.
  package func draw(
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

  /// The logarithm of each item's share; `-infinity` for an item without a count.
  package func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    items.map { $0.position < logProbabilities.count ? logProbabilities[$0.position] : -.infinity }
  }
}
