import Foundation

/// How the places of a list are shared out among clusters: `M_k` in proportion to `p_k^alpha`
/// (Divide and Conquer, Zhang and others, 2023, section 3.4).
///
/// Places are rounded by largest remainder; of equal remainders the lower cluster gets the place. A
/// cluster gets no more than it has, and what it cannot take goes to the others in proportion.
package struct QuotaRule: Sendable, Equatable {
  /// How much the shares matter.
  ///
  /// 0: all clusters get alike. 1: in proportion. Infinity: only the best cluster, until it is used up.
  package var alpha: Double
  /// The largest part of a list that one cluster may fill; 1 for no cap.
  ///
  /// It gives way when the other clusters are used up.
  package var cap: Double
  /// How many places are shared out at a time; `nil` for a whole list at once.
  ///
  /// Quotas follow from the length of what is shared out. So with a block a short list is the
  /// beginning of a longer one, and pages of a list fit together.
  package var block: Int?

  /// Creates a rule.
  package init(alpha: Double = 1, cap: Double = 1, block: Int? = nil) {
    if !(alpha >= 0) || !(0...1).contains(cap) || !(block ?? 1 > 0) {
      fatalError(
        "QuotaRule: alpha \(alpha) is not 0 or more, cap \(cap) is not from 0 to 1, or a block of "
          + "\(block ?? 1) is not 1 or more")
    }
    self.alpha = alpha
    self.cap = cap
    self.block = block
  }

  /// The places of each cluster in each block of a list, `[blocks][clusters]`.
  ///
  /// What a block has taken is not available to the next.
  package func blocks(_ count: Int, shares: [Float], available: [Int]) -> [[Int]] {
    guard let block, block < count else {
      return [quotas(count, shares: shares, available: available)]
    }
    var left = available
    return stride(from: 0, to: count, by: block).map { start in
      let quotas = quotas(min(block, count - start), shares: shares, available: left)
      for (cluster, quota) in quotas.enumerated() { left[cluster] -= quota }
      return quotas
    }
  }

  /// The places of each cluster in a list; their sum is the smaller of `count` and all that is available.
  ///
  /// A share that is not above 0 counts as 0. Clusters with such shares get places when no others
  /// are left, all alike.
  ///
  /// - Parameters:
  ///   - count: the length of the list.
  ///   - shares: the share of each cluster, `[clusters]`.
  ///   - available: the most places that each cluster can fill, `[clusters]`.
  /// - Returns: the places of each cluster, `[clusters]`.
  package func quotas(_ count: Int, shares: [Float], available: [Int]) -> [Int] {
    if shares.count != available.count {
      fatalError("quotas: \(shares.count) shares of \(available.count) clusters")
    }
    let places = min(max(0, count), available.reduce(0, +))
    let most = Int(cap * Double(max(0, count)) + 1e-9)
    let capped = available.map { min($0, most) }
    let first = min(places, capped.reduce(0, +))
    var quotas = divided(first, by: shares, atMost: capped)
    if first < places {
      let left = zip(available, quotas).map { $0 - $1 }
      for (cluster, more) in divided(places - first, by: shares, atMost: left).enumerated() {
        quotas[cluster] += more
      }
    }
    return quotas
  }

  /// Shares out places of which the limits leave enough.
  private func divided(_ places: Int, by shares: [Float], atMost limits: [Int]) -> [Int] {
    var quotas = [Int](repeating: 0, count: limits.count)
    var open = limits.indices.filter { limits[$0] > 0 }
    var left = places
    while left > 0 {
      let weights = weights(of: open.map { shares[$0] })
      let part = Double(left) / weights.reduce(0, +)
      let isFull = zip(open, weights).map { part * $1 >= Double(limits[$0]) }
      guard isFull.contains(true) else {
        round(left, open, weights.map { part * $0 }, into: &quotas)
        return quotas
      }
      for (cluster, isFull) in zip(open, isFull) where isFull {
        quotas[cluster] = limits[cluster]
        left -= limits[cluster]
      }
      open = zip(open, isFull).filter { !$1 }.map(\.0)
    }
    return quotas
  }

  /// `p^alpha` of some shares, the largest 1: so no power of the best overflows or vanishes.
  private func weights(of shares: [Float]) -> [Double] {
    let largest = shares.reduce(0) { $1 > $0 ? $1 : $0 }
    guard largest > 0 else { return shares.map { _ in 1 } }
    return shares.map { pow(Double($0 > 0 ? $0 : 0) / Double(largest), alpha) }
  }

  /// Rounds parts that sum to `places` by largest remainder.
  private func round(
    _ places: Int, _ clusters: [Int], _ parts: [Double], into quotas: inout [Int]
  ) {
    var left = places
    for (cluster, part) in zip(clusters, parts) {
      quotas[cluster] = Int(part)
      left -= Int(part)
    }
    let byRemainder = parts.indices.sorted {
      let (first, second) = (parts[$0] - Double(Int(parts[$0])), parts[$1] - Double(Int(parts[$1])))
      return (second, $0) < (first, $1)
    }
    for position in byRemainder.prefix(left) { quotas[clusters[position]] += 1 }
  }
}
