public import CorralData
public import CorralVectors
import Foundation

/// Draws every item of the catalogue with the same probability.
public struct UniformSampler: NegativeSampler {
  /// The number of items in the catalogue.
  public let itemCount: Int

  /// A sampler over the items `0..<itemCount`, at least one.
  public init(itemCount: Int) {
    guard itemCount > 0 else { fatalError("a uniform sampler needs at least one item") }
    self.itemCount = itemCount
  }

  /// Draws `count` negatives for each row of the context.
  public func draw(
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
  public func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    items.map { $0.position < itemCount ? logProbability : -.infinity }
  }

  private var logProbability: Float { Float(-log(Double(itemCount))) }
}
