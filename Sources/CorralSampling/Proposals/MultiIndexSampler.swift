package import CorralData
package import CorralIndex
package import CorralVectors
import Foundation

/// Draws items nearly by the softmax of a query's scores, through an inverted multi-index.
///
/// The cost hardly depends on the number of items (Lian and others, 2020; CoRR: Wang and others, 2023).
///
/// With `r0, r1` the scores of the centres for `z / temperature`, and `omega` the sizes of buckets,
/// an item of bucket `(k0, k1)` has the unnormalised probability `q~ = e^(r0[k0] + r1[k1])`:
/// ```
/// P(k0) ~ e^r0[k0] psi[k0],  psi[k0] = sum_k1 omega[k0, k1] e^r1[k1]
/// P(k1 | k0) ~ omega[k0, k1] e^r1[k1],  then uniformly in the bucket
/// log Q^ = r0[k0] + r1[k1] - log Z,  Z = sum_k0 e^r0[k0] psi[k0]
/// ```
/// A query with `n` draws costs O(K dimension + K^2 + n K). An empty bucket is never drawn. With as
/// many clusters as different half-vectors this is the softmax itself.
package struct MultiIndexSampler: NegativeSampler {
  /// The buckets that items are drawn from.
  package let index: InvertedMultiIndex
  /// What scores are divided by.
  package let temperature: Float
  /// The sizes of the buckets, `[K, K]`.
  let sizes: Matrix

  /// A sampler over an index of at least one item, with a positive temperature.
  package init(_ index: InvertedMultiIndex, temperature: Float = 1) {
    guard index.count > 0 else { fatalError("a multi-index sampler needs at least one item") }
    guard temperature > 0 else {
      fatalError("a multi-index sampler needs a positive temperature, not \(temperature)")
    }
    self.index = index
    self.temperature = temperature
    let offsets = index.buckets.members.offsets
    sizes = Matrix(
      rows: index.settings.clusters, columns: index.settings.clusters,
      values: zip(offsets, offsets.dropFirst()).map { Float($1 - $0) })
  }

  /// The number of queries that a thread takes at once.
  private static let grain = 32

  /// Draws `count` negatives for each query of the context.
  package func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives {
    let seed = rng.next()
    return Negatives(rows: context.rows, count: count, grain: Self.grain) { rows, draws in
      var query = BucketDistribution(self)
      for (position, row) in rows.enumerated() {
        var rng = SeededGenerator(seed: seed, stream: UInt64(row))
        query.prepare(context.query(row, of: index.dimension))
        for draw in position * count..<(position + 1) * count {
          let drawn = query.draw(using: &rng)
          draws[draw] = Draw(
            item: ItemIndex(drawn.position), logProbability: drawn.logProbability)
        }
      }
      index.buckets.members.values.withUnsafeBufferPointer { items in
        for draw in 0..<rows.count * count { draws[draw].item = items[draws[draw].item.position] }
      }
    }
  }

  /// The normalised `log Q^` of each item.
  package func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    logWeights(of: items, for: context, normalised: true)
  }

  /// The unnormalised `log q~ = r0 + r1` of each item, laid out as its probabilities are.
  package func logWeights(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    logWeights(of: items, for: context, normalised: false)
  }

  /// `log Z` of each row, `[rows]`: `log Q^ = log q~ - log Z`.
  package func logNormalizers(for context: SamplingContext) -> [Float] {
    var query = BucketDistribution(self)
    return (0..<context.rows).map { row in
      query.prepare(context.query(row, of: index.dimension))
      return Float(query.logNormalizer)
    }
  }

  private func logWeights(
    of items: [ItemIndex], for context: SamplingContext, normalised: Bool
  ) -> [Float] {
    context.mapRows(of: items, grain: Self.grain) { rows, width, logs in
      var query = BucketDistribution(self)
      for (position, row) in rows.enumerated() {
        query.prepare(context.query(row, of: index.dimension))
        for offset in 0..<width {
          let item = items[row * width + offset].position
          logs[position * width + offset] =
            item < index.count ? query.logWeight(of: item, normalised: normalised) : -.infinity
        }
      }
    }
  }
}
