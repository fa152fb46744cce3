import Foundation

/// How the items of all clusters become one list.
package enum ListMerge: String, Sendable, Codable, CaseIterable {
  /// Each cluster fills its share of the places.
  case quotas
  /// The best scores win, whatever their cluster.
  ///
  /// It is an ordinary search for a retriever that is told no cluster. The scores of one that is told
  /// cannot be compared, so that its lists are worse for it (Zhang and others, 2023).
  case score
  /// The items that the user most probably chooses: the probability of a cluster to the power alpha,
  /// times an item's part of the softmax over the items of its cluster.
  case probability
}

extension ListMerge {
  /// What a search has to be asked for, so that it finds all items of a list of `count`.
  package func search(
    _ count: Int, _ rule: QuotaRule, clusters: Int
  ) -> (count: Int, rule: QuotaRule) {
    switch self {
    case .quotas: (count, rule)
    // Every cluster finds as many as the list holds.
    case .score: (count * clusters, QuotaRule(alpha: 0))
    case .probability:
      (count == 0 ? 0 : max(count, Self.summed) * clusters, QuotaRule(alpha: 0))
    }
  }

  /// The items of a cluster that stand for all of it in the sum of a softmax: the best ones.
  private static let summed = 256

  /// The list of `count` candidates that such a search found.
  ///
  /// - Parameters:
  ///   - found: what the search found.
  ///   - count: the length of the list.
  ///   - alpha: how much the shares of clusters matter.
  ///   - temperature: what scores are divided by in a softmax.
  /// - Returns: the candidates, the best first; scores of probabilities are their logarithms.
  package func list(
    _ found: DividedList, _ count: Int, alpha: Double, temperature: Float
  ) -> [Candidate] {
    switch self {
    case .quotas: found.candidates
    case .score: Self.best(found.candidates, count)
    case .probability:
      Self.best(found.logProbabilities(alpha: Float(alpha), temperature: temperature), count)
    }
  }

  private static func best(_ candidates: [Candidate], _ count: Int) -> [Candidate] {
    Array(candidates.sorted { ($1.score, $0.item) < ($0.score, $1.item) }.prefix(max(0, count)))
  }
}

extension DividedList {
  /// The candidates with the logarithm of how probable it is that the user chooses each, up to a
  /// constant for all.
  fileprivate func logProbabilities(alpha: Float, temperature: Float) -> [Candidate] {
    var largest = [Float](repeating: -.infinity, count: shares.count)
    for (candidate, cluster) in zip(candidates, clusters) {
      largest[Int(cluster)] = max(largest[Int(cluster)], candidate.score / temperature)
    }
    var sums = [Float](repeating: 0, count: shares.count)
    for (candidate, cluster) in zip(candidates, clusters) where candidate.score.isFinite {
      sums[Int(cluster)] += exp(candidate.score / temperature - largest[Int(cluster)])
    }
    let shifts = shares.indices.map { cluster in
      alpha * log(max(shares[cluster], .leastNormalMagnitude)) - largest[cluster]
        - log(sums[cluster])
    }
    return zip(candidates, clusters).map { candidate, cluster in
      Candidate(
        item: candidate.item,
        score: candidate.score.isFinite
          ? candidate.score / temperature + shifts[Int(cluster)] : candidate.score)
    }
  }
}
