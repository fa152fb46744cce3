/// How the items of all clusters become one list.
package enum ListMerge: String, Sendable, Codable, CaseIterable {
  /// Each cluster fills its share of the places.
  case quotas
  /// The best scores win, whatever their cluster.
  ///
  /// It is an ordinary search for a retriever that is told no cluster. The scores of one that is told
  /// cannot be compared, so that its lists are worse for it (Zhang and others, 2023).
  case score
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
    }
  }

  /// The list of `count` candidates that such a search found.
  package func list(_ found: DividedList, _ count: Int) -> [Candidate] {
    switch self {
    case .quotas: found.candidates
    case .score:
      Array(
        found.candidates.sorted { ($1.score, $0.item) < ($0.score, $1.item) }.prefix(max(0, count)))
    }
  }
}
