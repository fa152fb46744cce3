public import CorralData
public import CorralVectors
import Foundation

/// Draws uniformly among the items that score best for each query: hard negatives only.
///
/// Items outside a query's pool are never drawn, so that a correction for `Q` is undefined for a
/// positive that is not among them. A query costs one exact search.
public struct TopRandSampler: NegativeSampler {
  private let top: TopPools

  /// A sampler over the best `pool` of the items, `[items, dimension]`, or all where they are fewer.
  public init(items: Matrix, pool: Int) {
    top = TopPools(items: items, pool: pool, of: "top-rand")
  }

  /// The items' vectors.
  public var items: Matrix { top.items }

  /// Draws `count` negatives for each query of the context.
  public func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives {
    let found = top.pools(of: context)
    let seed = rng.next()
    let logProbability = Float(-log(Double(top.size)))
    return Negatives(rows: context.rows, count: count, grain: 256) { rows, draws in
      for (position, row) in rows.enumerated() {
        var rng = SeededGenerator(seed: seed, stream: UInt64(row))
        for draw in position * count..<(position + 1) * count {
          let item = found.rows[row * top.size + rng.next(below: top.size)]
          draws[draw] = Draw(item: ItemIndex(Int(item)), logProbability: logProbability)
        }
      }
    }
  }

  /// `-log pool` for an item of the row's pool, `-infinity` for any other.
  public func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    let found = top.pools(of: context)
    let logProbability = Float(-log(Double(top.size)))
    return context.mapRows(of: items, grain: 64) { rows, width, logs in
      for (position, row) in rows.enumerated() {
        let pool = Set(found.rows[found[row]])
        for offset in 0..<width {
          let item = items[row * width + offset].rawValue
          logs[position * width + offset] = pool.contains(item) ? logProbability : -.infinity
        }
      }
    }
  }
}
