package import CorralData
package import CorralVectors
import Foundation

/// Draws items by the exact softmax of a query's scores: `Q(i) ~ e^(<z, e_i> / temperature)`.
///
/// The exact twin of `MultiIndexSampler`, for small catalogues: a query costs one inner product and one
/// power per item, and `logProbabilities` as much again.
package struct SoftmaxSampler: NegativeSampler {
  /// The items' vectors, `[items, dimension]`.
  package let items: Matrix
  /// What scores are divided by.
  package let temperature: Float

  /// A sampler over at least one item, with a positive temperature.
  package init(items: Matrix, temperature: Float = 1) {
    guard items.rows > 0 else { fatalError("a softmax sampler needs at least one item") }
    guard temperature > 0 else {
      fatalError("a softmax sampler needs a positive temperature, not \(temperature)")
    }
    self.items = items
    self.temperature = temperature
  }

  /// The queries that a thread takes at once; they share each block of items while it is in the cache.
  private static let grain = 16

  /// Draws `count` negatives for each query of the context.
  package func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives {
    let seed = rng.next()
    return Negatives(rows: context.rows, count: count, grain: Self.grain) { rows, draws in
      let softmax = BlockSoftmax(self, queries: context, rows: rows)
      for (position, row) in rows.enumerated() {
        var rng = SeededGenerator(seed: seed, stream: UInt64(row))
        let drawn = UnsafeMutableBufferPointer(
          rebasing: draws[position * count..<(position + 1) * count])
        softmax.draw(into: drawn, row: position, using: &rng)
      }
    }
  }

  /// The logarithm of the softmax at each item; `-infinity` for items outside the catalogue.
  package func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    context.mapRows(of: items, grain: Self.grain) { rows, width, logs in
      let softmax = BlockSoftmax(self, queries: context, rows: rows)
      for (position, row) in rows.enumerated() {
        for offset in 0..<width {
          let item = items[row * width + offset].position
          logs[position * width + offset] = softmax.logProbability(of: item, row: position)
        }
      }
    }
  }

  /// The draws of `draw` and, from the same pass over the items, the logarithm of each target's
  /// probability.
  func drawWithTargets(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> (negatives: Negatives, targets: [Float]) {
    // One more column than there are draws holds the target.
    let seed = rng.next()
    let wide = Negatives(rows: context.rows, count: count + 1, grain: Self.grain) { rows, draws in
      let softmax = BlockSoftmax(self, queries: context, rows: rows)
      for (position, row) in rows.enumerated() {
        var rng = SeededGenerator(seed: seed, stream: UInt64(row))
        let start = position * (count + 1)
        let drawn = UnsafeMutableBufferPointer(rebasing: draws[start..<start + count])
        softmax.draw(into: drawn, row: position, using: &rng)
        let target = context.target(row)
        draws[start + count] = Draw(
          item: target,
          logProbability: softmax.logProbability(of: target.position, row: position))
      }
    }
    return wide.splittingLast()
  }
}

extension Negatives {
  /// The negatives without their last column, and its probabilities.
  fileprivate func splittingLast() -> (negatives: Negatives, targets: [Float]) {
    var left: (items: [ItemIndex], logs: [Float]) = ([], [])
    var last: [Float] = []
    for row in 0..<rows {
      let range = row * count..<(row + 1) * count - 1
      left.items += items[range]
      left.logs += logProbabilities[range]
      last.append(logProbabilities[range.upperBound])
    }
    return (
      Negatives(rows: rows, count: count - 1, items: left.items, logProbabilities: left.logs), last
    )
  }
}
