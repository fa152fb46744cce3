package import CorralData
package import CorralIndex
package import CorralVectors
import Foundation

/// How good the negatives of a proposal are: how far its distribution `Q^` is from the softmax `Q` of
/// the retriever's scores, and what was drawn.
package struct ProposalDiagnostics: Codable, Sendable, Equatable {
  /// How a divergence was found.
  package enum Method: String, Codable, Sendable {
    /// Summed over every item.
    case exact
    /// From draws of the proposal itself, self-normalised: biased low, and at most the logarithm of
    /// the number of draws.
    case sampled
  }

  /// The number of queries that were looked at.
  package let queries: Int
  /// The number of negatives of each.
  package let count: Int
  /// The mean over the queries of `(sum w)^2 / sum w^2`, `w = Q / Q^` at the negatives: how many
  /// independent draws from `Q` they are worth, 1 to `count`.
  package let effectiveSampleSize: Double
  /// The mean of `KL(Q || Q^)` over the queries, in nats; `nil` if `Q^` cannot draw what `Q` can.
  package let divergence: Double?
  /// How the divergence was found.
  package let method: Method
  /// How far items are from the centres of their buckets; `nil` for a proposal without buckets.
  package let residual: MultiIndexResidual?
  /// The share of negatives that are a positive of their row.
  package let falseNegatives: Double

  /// Diagnoses negatives that a proposal drew for some queries.
  ///
  /// - Parameters:
  ///   - proposal: the sampler that drew them.
  ///   - negatives: the draws, one row per query.
  ///   - context: the queries, and the target of each.
  ///   - items: the retriever's vectors of the items as they are now.
  ///   - temperature: what scores are divided by in `Q`.
  ///   - positives: items that are known to be positive for each row, besides its target.
  ///   - exactLimit: the divergence of catalogues with more items than this is estimated.
  ///   - seed: the seed of the draws that estimate it.
  package init(
    of proposal: some NegativeSampler, negatives: Negatives, for context: SamplingContext,
    items: Matrix, temperature: Float = 1, positives: Ragged<ItemIndex>? = nil,
    exactLimit: Int = 200_000, seed: UInt64 = 0
  ) {
    guard negatives.rows == context.rows, positives.map({ $0.count == context.rows }) ?? true
    else {
      fatalError(
        "diagnostics: \(negatives.rows) rows of negatives and "
          + "\(positives?.count ?? context.rows) of positives for \(context.rows) queries")
    }
    let target = SoftmaxTarget(items: items, context: context, temperature: temperature)
    queries = context.rows
    count = negatives.count
    effectiveSampleSize = target.effectiveSampleSize(negatives)
    method = items.rows <= exactLimit ? .exact : .sampled
    let divergence =
      method == .exact
      ? target.divergence(from: proposal) : target.estimatedDivergence(from: proposal, seed: seed)
    // Only rounding can make it negative.
    self.divergence = divergence.isFinite ? max(0, divergence) : nil
    residual =
      (proposal as? Proposal)?.index?.residual
      ?? (proposal as? MultiIndexSampler)?.index.residual
    var wrong = 0
    for row in 0..<negatives.rows {
      let known = Set(positives.map { $0[row] } ?? []).union(
        context.targets.isEmpty ? [] : [context.targets[row]])
      wrong += negatives.items[row * count..<(row + 1) * count].count { known.contains($0) }
    }
    falseNegatives = Double(wrong) / Double(max(1, negatives.items.count))
  }
}
