import CorralData
import CorralVectors

/// Shares of clusters from a history alone.
///
/// With the history's weights `w_k` of `RecencyShares` and their sum `W`:
/// `p_k = (w_k + prior * overall_k) / (W + prior)`. So a short history leans on what everybody does.
package struct HistoryIntent: Sendable, Equatable {
  /// The number of items after which the weight of an item is halved.
  package let halfLife: Double
  /// How many last items the overall shares weigh as much as.
  package let prior: Double
  /// The share of each cluster in all interactions, `[clusters]`.
  package let overall: [Float]

  /// Creates an intent; the half-life is above 0, and the prior 0 or more.
  package init(halfLife: Double, prior: Double, overall: [Float]) {
    if !(halfLife > 0) || !(prior >= 0) {
      fatalError("HistoryIntent: a half-life of \(halfLife) and a prior of \(prior)")
    }
    self.halfLife = halfLife
    self.prior = prior
    self.overall = overall
  }

  /// The shares of each history, `[histories, clusters]`; those of everybody for an empty one.
  func shares(_ histories: Ragged<ItemIndex>, of partition: Partition) -> Matrix {
    let found = RecencyShares(of: partition, halfLife: halfLife).shares(histories)
    var shares = found.shares
    for (row, weight) in found.weights.enumerated() {
      let own = weight > 0 ? Float(weight / (weight + prior)) : 0
      for cluster in overall.indices {
        shares[row, cluster] = own * shares[row, cluster] + (1 - own) * overall[cluster]
      }
    }
    return shares
  }
}
