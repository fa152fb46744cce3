public import CorralData
public import CorralIndex
public import CorralVectors
import Foundation

/// How good the negatives of a proposal are: how far `Q^`, which they were drawn from, is from the
/// softmax `Q` of the retriever's scores, and what was drawn.
public struct ProposalDiagnostics: Codable, Sendable, Equatable {
  /// How a divergence was found.
  public enum Method: String, Codable, Sendable {
    /// Summed over every item.
    case exact
    /// From draws of the proposal itself, self-normalised: biased low, and at most the logarithm of
    /// the number of draws.
    case sampled
  }

  /// The number of queries that were looked at.
  public let queries: Int
  /// The number of negatives of each.
  public let count: Int
  /// The mean over the queries of `(sum w)^2 / sum w^2`, `w = Q / Q^` at the negatives: how many
  /// independent draws from `Q` they are worth, 1 to `count`.
  public let effectiveSampleSize: Double
  /// The mean of `KL(Q || Q^)` over the queries, in nats; `nil` where `Q^` cannot draw what `Q` can.
  public let divergence: Double?
  /// How the divergence was found.
  public let method: Method
  /// How far items are from the buckets that stand for them; `nil` for a proposal without buckets.
  public let residual: MultiIndexResidual?
  /// The share of negatives that are a positive of their row.
  public let falseNegatives: Double

  /// Looks at negatives that a proposal drew for some queries.
  ///
  /// - Parameters:
  ///   - proposal: what drew them.
  ///   - negatives: the draws, one row a query.
  ///   - context: the queries, and the target of each.
  ///   - items: the retriever's vectors of the items as they are now.
  ///   - temperature: what scores are divided by in `Q`.
  ///   - positives: items that are known to be positive for each row, besides its target.
  ///   - exactLimit: catalogues of more items than this have their divergence estimated.
  ///   - seed: of the draws that estimate it.
  public init(
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
    // Never below 0, but for rounding.
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
