public import CorralData
public import CorralVectors
import Foundation

/// Draws, by a fair coin, among the items that score best for each query or among all: half hard
/// negatives and half easy ones.
///
/// `Q(i) = [i in pool] / (2 pool) + 1 / (2 items)`, the mixture that every draw comes from. A query
/// costs one exact search.
public struct TopAndRandSampler: NegativeSampler {
  private let top: TopPools

  /// A sampler over the best `pool` of the items, `[items, dimension]`, or all where they are fewer.
  public init(items: Matrix, pool: Int) {
    top = TopPools(items: items, pool: pool, of: "top-and-rand")
  }

  /// The items' vectors.
  public var items: Matrix { top.items }

  /// Draws `count` negatives for each query of the context.
  public func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives {
    let found = top.pools(of: context)
    let seed = rng.next()
    return Negatives(rows: context.rows, count: count, grain: 64) { rows, draws in
      for (position, row) in rows.enumerated() {
        var rng = SeededGenerator(seed: seed, stream: UInt64(row))
        let pool = Set(found.rows[found[row]])
        for draw in position * count..<(position + 1) * count {
          let item =
            rng.next(below: 2) == 0
            ? found.rows[row * top.size + rng.next(below: top.size)]
            : Int32(rng.next(below: items.rows))
          draws[draw] = Draw(
            item: ItemIndex(Int(item)), logProbability: logProbability(inPool: pool.contains(item)))
        }
      }
    }
  }

  /// The logarithm of the mixture at each item, `-infinity` beyond the catalogue.
  public func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    let found = top.pools(of: context)
    let count = self.items.rows
    return context.mapRows(of: items, grain: 64) { rows, width, logs in
      for (position, row) in rows.enumerated() {
        let pool = Set(found.rows[found[row]])
        for offset in 0..<width {
          let item = items[row * width + offset]
          logs[position * width + offset] =
            item.position < count
            ? logProbability(inPool: pool.contains(item.rawValue)) : -.infinity
        }
      }
    }
  }

  private func logProbability(inPool: Bool) -> Float {
    Float(log((inPool ? 0.5 / Double(top.size) : 0) + 0.5 / Double(items.rows)))
  }
}
