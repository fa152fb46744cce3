import Foundation

/// The ranks of some targets of one user.
struct UserRanks {
  /// The rank of each target: 1 is the best, and 0 is below the depth to which ranks are known.
  let ranks: [Int32]
  /// The cluster in whose list each target has its rank; empty if there is one list.
  let clusters: [Int32]
}

/// Computes rank measures, with the discounts of `ndcg` prepared once.
package struct RankMeasures: Sendable {
  /// `gains[r]` is 1 / log2(r + 1), the gain of a hit at rank r; entry 0 is not used.
  private let gains: [Double]
  /// `ideals[n]` is the gain of n hits at ranks 1 to n.
  private let ideals: [Double]

  /// Prepares measures over ranks up to `depth`.
  package init(depth: Int) {
    let gains = (0...depth).map { $0 == 0 ? 0 : 1 / log2(Double($0 + 1)) }
    var ideals = [0.0]
    for gain in gains.dropFirst() { ideals.append((ideals.last ?? 0) + gain) }
    self.gains = gains
    self.ideals = ideals
  }

  /// Returns the value of a metric for one user.
  ///
  /// With ranks within clusters it is the mean over the lists, weighted by their targets.
  func value(of metric: Metric, ranks: UserRanks) -> Double {
    if ranks.clusters.isEmpty { return value(of: metric, ranks: ranks.ranks) }
    var sum = 0.0
    for cluster in Set(ranks.clusters).sorted() {
      let own = ranks.ranks.indices.filter { ranks.clusters[$0] == cluster }.map { ranks.ranks[$0] }
      sum += Double(own.count) * value(of: metric, ranks: own)
    }
    return ranks.ranks.isEmpty ? 0 : sum / Double(ranks.ranks.count)
  }

  /// Returns the value of a metric for one list from the rank of each target: 1 is the best, and 0
  /// is below the depth to which ranks are known.
  package func value(of metric: Metric, ranks: some Collection<Int32>) -> Double {
    let targets = ranks.count
    if targets == 0 { return 0 }
    let cutoff = metric.cutoff
    var hits = 0
    var best = Int.max
    var gain = 0.0
    for rank in ranks where rank > 0 && rank <= cutoff {
      hits += 1
      best = min(best, Int(rank))
      gain += gains[Int(rank)]
    }
    if hits == 0 { return 0 }
    switch metric.measure {
    case .recall: return Double(hits) / Double(targets)
    case .cappedRecall: return Double(hits) / Double(min(cutoff, targets))
    case .ndcg: return gain / ideals[min(cutoff, targets, ideals.count - 1)]
    case .mrr: return 1 / Double(best)
    case .hit: return 1
    case .popularity, .coverage:
      fatalError("\(metric) is not a function of the ranks of the targets")
    }
  }
}
