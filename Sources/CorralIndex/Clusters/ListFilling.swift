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
  /// The quotas of each block, and of all together.
  private var blocks: [[Int]] = []
  private(set) var quotas: [Int] = []
  private var asked: [Int]
  private var found: [[Candidate]]
  private var isShort = false

  /// A list of `count` from clusters of these sizes.
  init(_ count: Int, rule: QuotaRule, shares: [Float], sizes: [Int]) {
    self.count = count
    self.rule = rule
    self.shares = shares
    available = sizes
    asked = sizes.map { _ in 0 }
    found = sizes.map { _ in [] }
    shareOut()
  }

  private mutating func shareOut() {
    blocks = rule.blocks(count, shares: shares, available: available)
    quotas = available.indices.map { cluster in blocks.reduce(0) { $0 + $1[cluster] } }
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
    if isShort { shareOut() }
    isShort = false
  }

  /// The list once no cluster is open.
  var list: DividedList {
    var next = found.map(\.startIndex)
    let parts = blocks.map { block in
      DividedList(
        merging: found.indices.map { cluster in
          defer { next[cluster] += block[cluster] }
          return found[cluster][next[cluster]..<next[cluster] + block[cluster]]
        }, shares: shares)
    }
    return DividedList(of: parts, quotas: quotas, shares: shares)
  }
}
