import CorralData
import CorralVectors
import Foundation

/// Collects the measures of an evaluation's lists, block by block of users.
struct ListTally {
  /// The number of users whose lists one thread measures at a time.
  private static let usersPerChunk = 64

  private let measuring: ListMeasuring
  private let cutoffs: [Int]
  /// The measures with a value for each user.
  private let metrics: [ListMetric]
  /// The values, `[users, metrics]`.
  private var values: [Float]
  /// How often each item was recommended, `[cutoffs, items]`.
  private var counts: [[Int32]]

  /// Starts without users.
  init(_ ranking: FullRanking, cutoffs: [Int], measuring: ListMeasuring?) {
    let measuring = measuring ?? ListMeasuring()
    for count in [measuring.partition?.clusters.count, measuring.vectors?.rows]
    where count ?? ranking.catalogueCount != ranking.catalogueCount {
      fatalError(
        "evaluate: clusters or vectors of \(count ?? 0) items for a catalogue of "
          + "\(ranking.catalogueCount)")
    }
    self.measuring = measuring
    self.cutoffs = cutoffs
    metrics = ListMeasure.allCases.flatMap { measure in
      cutoffs.map { ListMetric(measure, at: $0) }.filter { measuring.hasValues($0) }
    }
    values = [Float](
      repeating: ListMeasures.undefined, count: ranking.userCount * metrics.count)
    counts = cutoffs.map { _ in [Int32](repeating: 0, count: ranking.itemCount) }
  }

  /// Records the lists of a block of measured users, with the rank of every target in them.
  mutating func note(
    _ lists: TopLists, of block: Range<Int>, ranks: [Int32], in ranking: FullRanking
  ) {
    for (column, cutoff) in cutoffs.enumerated() {
      counts[column].withUnsafeMutableBufferPointer { counts in
        for user in block.indices {
          for item in lists[user - block.lowerBound].prefix(cutoff) { counts[Int(item)] += 1 }
        }
      }
    }
    let found = Parallel.map(block.count, grain: Self.usersPerChunk) {
      [measuring, metrics] chunk in
      var profile = ListProfile(measuring, in: ranking)
      return chunk.flatMap { place in
        profile.values(
          of: metrics, list: lists[place], user: block.lowerBound + place, ranks: ranks)
      }
    }
    let first = block.lowerBound * metrics.count
    values.replaceSubrange(first..<first + block.count * metrics.count, with: found.joined())
  }

  /// Returns the measures of all recorded users.
  var measures: ListMeasures {
    ListMeasures(
      basis: measuring.basis, metrics: metrics, values: values,
      gini: zip(cutoffs, counts).map { cutoff, counts in
        ListMeasures.Whole(
          metric: ListMetric(.gini, at: cutoff), value: ListMeasures.gini(of: counts))
      })
  }
}

extension ListMeasuring {
  /// Whether a measure has a value for each user.
  fileprivate func hasValues(_ metric: ListMetric) -> Bool {
    switch metric.measure {
    case .gini: false
    case .distance: vectors != nil && metric.cutoff > 1
    case let measure: !measure.needsClusters || partition != nil
    }
  }
}

/// The measures of one list after the other, with room that is used again.
private struct ListProfile {
  private let measuring: ListMeasuring
  private let ranking: FullRanking
  private var listed: ClusterCounts
  private var history: ClusterCounts

  init(_ measuring: ListMeasuring, in ranking: FullRanking) {
    self.measuring = measuring
    self.ranking = ranking
    listed = ClusterCounts(measuring.partition)
    history = ClusterCounts(measuring.partition)
  }

  /// Returns the value of each measure for one measured user.
  mutating func values(
    of metrics: [ListMetric], list: ArraySlice<Int32>, user: Int, ranks: [Int32]
  ) -> [Float] {
    history.count(ranking.histories[user])
    var cutoff = 0
    return metrics.map { metric in
      let first = list.prefix(metric.cutoff)
      if metric.measure.needsClusters, metric.cutoff != cutoff {
        listed.count(first)
        cutoff = metric.cutoff
      }
      return value(of: metric, list: first, user: user, ranks: ranks).map(Float.init)
        ?? ListMeasures.undefined
    }
  }

  private func value(
    of metric: ListMetric, list: ArraySlice<Int32>, user: Int, ranks: [Int32]
  ) -> Double? {
    switch metric.measure {
    case .clusters: Double(listed.met.count)
    case .entropy:
      listed.met.reduce(0) { sum, cluster in
        let share = listed.share(of: cluster)
        return sum - share * log(share)
      }
    case .minorServed: minorServed()
    case .minorRecall: minorRecall(at: metric.cutoff, user: user, ranks: ranks)
    case .miscalibration: miscalibration()
    case .tail:
      list.isEmpty
        ? 0
        : Double(list.lazy.filter { ranking.itemGroups[Int($0)] != .head }.count)
          / Double(list.count)
    case .distance: distance(list)
    case .gini: fatalError("\(metric) is not a measure of one list")
    }
  }

  private func isMinor(_ cluster: Int) -> Bool {
    measuring.isMinor(history.counts[cluster], of: history.total)
  }

  private func minorServed() -> Double? {
    let minor = history.met.filter(isMinor)
    if minor.isEmpty { return nil }
    return Double(minor.lazy.filter { listed.counts[$0] > 0 }.count) / Double(minor.count)
  }

  private func minorRecall(at cutoff: Int, user: Int, ranks: [Int32]) -> Double? {
    guard let clusters = measuring.partition?.clusters else { return nil }
    let targets = (ranking.targets.offsets[user]..<ranking.targets.offsets[user + 1])
      .filter { isMinor(Int(clusters[ranking.targets.values[$0].position])) }
    if targets.isEmpty { return nil }
    let hits = targets.lazy.filter { 1...Int32(cutoff) ~= ranks[$0] }.count
    return Double(hits) / Double(targets.count)
  }

  private func miscalibration() -> Double? {
    if history.total == 0 { return nil }
    return history.met.reduce(0) { sum, cluster in
      let wanted = history.share(of: cluster)
      let found = 0.99 * listed.share(of: cluster) + 0.01 * wanted
      return sum + wanted * log(wanted / found)
    }
  }

  /// Returns the mean distance of two items of a list.
  ///
  /// For unit vectors the cosines of all pairs sum to `(|sum v|^2 - count) / 2`, so that a list
  /// costs `O(items * dimension)`.
  private func distance(_ list: ArraySlice<Int32>) -> Double? {
    guard let vectors = measuring.vectors else { return nil }
    if list.count < 2 { return 0 }
    var sum = [Double](repeating: 0, count: vectors.columns)
    var squares = 0.0
    for item in list {
      for (column, element) in vectors[Int(item)].enumerated() {
        sum[column] += Double(element)
        squares += Double(element) * Double(element)
      }
    }
    let cosines = (sum.reduce(0) { $0 + $1 * $1 } - squares) / 2
    let pairs = Double(list.count * (list.count - 1) / 2)
    // Rounding can leave a little less than 0 for a list of equal items.
    return max(0, 1 - cosines / pairs)
  }
}

/// How many of some items are in each cluster.
private struct ClusterCounts {
  private let clusters: [Int32]
  /// The number of items in each cluster.
  private(set) var counts: [Int]
  /// The clusters of the items, each once.
  private(set) var met: [Int] = []
  private(set) var total = 0

  init(_ partition: Partition?) {
    clusters = partition?.clusters ?? []
    counts = [Int](repeating: 0, count: partition?.count ?? 0)
  }

  /// Counts items anew.
  mutating func count(_ items: ArraySlice<Int32>) {
    for cluster in met { counts[cluster] = 0 }
    met.removeAll(keepingCapacity: true)
    if clusters.isEmpty { return }
    total = items.count
    for item in items {
      let cluster = Int(clusters[Int(item)])
      if counts[cluster] == 0 { met.append(cluster) }
      counts[cluster] += 1
    }
  }

  func share(of cluster: Int) -> Double {
    total == 0 ? 0 : Double(counts[cluster]) / Double(total)
  }
}
