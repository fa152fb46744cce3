import CorralData

/// A list whose clusters are searched round by round, until it is full or nothing is left.
///
/// A cluster is first believed to have all its items. Where a search finds fewer than it was asked
/// for, that is all that the cluster has, and the quotas are computed again.
struct ListFilling {
  private let count: Int
  private let rule: QuotaRule
  private let shares: [Float]
  private var available: [Int]
  private(set) var quotas: [Int]
  private var asked: [Int]
  private var found: [[Candidate]]
  private var isShort = false

  /// A list of `count` from clusters of these sizes.
  init(_ count: Int, rule: QuotaRule, shares: [Float], sizes: [Int]) {
    self.count = count
    self.rule = rule
    self.shares = shares
    available = sizes
    quotas = rule.quotas(count, shares: shares, available: sizes)
    asked = sizes.map { _ in 0 }
    found = sizes.map { _ in [] }
  }

  /// The clusters to be searched for as many as their quota.
  var open: [Int] { quotas.indices.filter(isOpen) }

  /// Whether a cluster is to be searched.
  func isOpen(_ cluster: Int) -> Bool { quotas[cluster] > asked[cluster] }

  /// Takes what an open cluster was found to have for its quota or more, the best first.
  mutating func take(_ candidates: [Candidate], from cluster: Int) {
    found[cluster] = candidates
    asked[cluster] = quotas[cluster]
    if candidates.count < quotas[cluster] {
      available[cluster] = candidates.count
      isShort = true
    }
  }

  /// Ends a round: what short clusters cannot fill goes to the others.
  mutating func settle() {
    if isShort { quotas = rule.quotas(count, shares: shares, available: available) }
    isShort = false
  }

  /// The list once no cluster is open.
  var list: DividedList {
    DividedList(merging: zip(found, quotas).map { $0.prefix($1) }, shares: shares)
  }
}
