package import CorralData
package import CorralVectors
import Foundation

/// Draws uniformly from each query's pool, the items that score best for it, and a share of the draws
/// from all items: hard negatives, with easy ones beside them.
///
/// `Q(i) = (1 - share) [i in pool] / |pool| + share / items`, the mixture that every draw comes from.
/// Without that share, items outside a pool are never drawn, so that a correction for `Q` is undefined
/// for a positive outside it. A query costs one exact search.
package struct TopSampler: NegativeSampler {
  private let search: InnerProductSearch
  /// The number of items in each pool.
  private let size: Int
  private let uniformShare: Double

  /// A sampler over the best `pool` items, or all items if there are fewer.
  ///
  /// - Parameters:
  ///   - items: the items' vectors, `[items, dimension]`.
  ///   - pool: the number of items in a pool.
  ///   - uniformShare: the share of draws from all items, from 0 to 1.
  package init(items: Matrix, pool: Int, uniformShare: Double = 0) {
    guard items.rows > 0, pool > 0, (0...1).contains(uniformShare) else {
      fatalError(
        "a sampler cannot draw from the best \(pool) of \(items.rows) items, and a share of "
          + "\(uniformShare) from all")
    }
    search = InnerProductSearch(items)
    size = min(pool, items.rows)
    self.uniformShare = uniformShare
  }

  /// The items' vectors.
  package var items: Matrix { search.matrix }

  /// Draws `count` negatives for each query of the context.
  package func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives {
    draw(count, for: context, pools(of: context), using: &rng)
  }

  /// The logarithm of the mixture at each item; `-infinity` for items that are never drawn.
  package func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    logProbabilities(of: items, for: context, pools(of: context))
  }

  /// The draws, and the logarithm of the probability of each row's target, with one search per query.
  func drawWithTargets(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> (negatives: Negatives, targets: [Float]) {
    let found = pools(of: context)
    return (
      draw(count, for: context, found, using: &rng),
      logProbabilities(of: context.targets, for: context, found)
    )
  }

  private func draw(
    _ count: Int, for context: SamplingContext, _ found: FoundRows,
    using rng: inout SeededGenerator
  ) -> Negatives {
    let seed = rng.next()
    return Negatives(rows: context.rows, count: count, grain: 64) { rows, draws in
      for (position, row) in rows.enumerated() {
        var rng = SeededGenerator(seed: seed, stream: UInt64(row))
        let pool = uniformShare > 0 ? Set(found.rows[found[row]]) : []
        for draw in position * count..<(position + 1) * count {
          let isFromAll = uniformShare > 0 && rng.uniform() < uniformShare
          let item =
            isFromAll
            ? Int32(rng.next(below: items.rows))
            : found.rows[row * size + rng.next(below: size)]
          draws[draw] = Draw(
            item: ItemIndex(Int(item)),
            logProbability: logProbability(inPool: !isFromAll || pool.contains(item)))
        }
      }
    }
  }

  private func logProbabilities(
    of items: [ItemIndex], for context: SamplingContext, _ found: FoundRows
  ) -> [Float] {
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
    Float(
      log((inPool ? (1 - uniformShare) / Double(size) : 0) + uniformShare / Double(items.rows)))
  }

  /// The pool of each query: one row of `size` items per query.
  private func pools(of context: SamplingContext) -> FoundRows {
    context.checkQueries(items.columns)
    let found = search.search(context.queries, count: size)
    guard found.rows.count == context.rows * size else {
      fatalError("sampling: the scores of a query with the items are not finite")
    }
    return found
  }
}
