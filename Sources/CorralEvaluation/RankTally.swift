import CorralData

/// Collects the ranks of an evaluation, block by block of users.
struct RankTally {
  /// The cut-offs of the lists.
  let cutoffs: [Int]
  private var ranks: [Int32]
  private var headShares: [Float]
  /// The best rank at which each item was recommended to anyone.
  private var bestRanks: [Int32]
  /// The measures of whole lists; `nil` if a user has several.
  private var lists: ListTally?

  /// Starts without users.
  init(_ ranking: FullRanking, cutoffs: [Int], lists: ListTally?) {
    self.cutoffs = cutoffs
    self.lists = lists
    ranks = [Int32](repeating: 0, count: ranking.targets.values.count)
    headShares = [Float](repeating: 0, count: ranking.users.count * cutoffs.count)
    bestRanks = [Int32](repeating: .max, count: ranking.itemCount)
  }

  /// The length to which lists are used: the largest cut-off.
  var depth: Int { cutoffs.max() ?? 0 }

  /// Records the lists of a block of measured users.
  mutating func note(_ lists: TopLists, of block: Range<Int>, in ranking: FullRanking) {
    let offsets = ranking.targets.offsets
    for user in block {
      note(
        lists[user - block.lowerBound], of: user, targets: offsets[user]..<offsets[user + 1],
        weight: 1, in: ranking)
    }
    self.lists?.note(lists, of: block, ranks: ranks, in: ranking)
  }

  /// Records one list of a measured user, with the targets that it is measured by.
  ///
  /// `targets` are positions in the values of the ranking's targets. The weights of a user's lists
  /// sum to 1.
  mutating func note(
    _ list: ArraySlice<Int32>, of user: Int, targets: some Sequence<Int>, weight: Float,
    in ranking: FullRanking
  ) {
    let list = list.prefix(depth)
    for target in targets {
      let place = list.firstIndex(of: ranking.targets.values[target].rawValue)
      ranks[target] = place.map { Int32($0 - list.startIndex + 1) } ?? 0
    }
    for (column, cutoff) in cutoffs.enumerated() where !list.isEmpty {
      let first = list.prefix(cutoff)
      let heads = first.reduce(0) { $0 + (ranking.itemGroups[Int($1)] == .head ? 1 : 0) }
      headShares[user * cutoffs.count + column] += weight * (Float(heads) / Float(first.count))
    }
    bestRanks.withUnsafeMutableBufferPointer { best in
      var rank: Int32 = 0
      for item in list {
        rank += 1
        if rank < best[Int(item)] { best[Int(item)] = rank }
      }
    }
  }

  /// Returns the evaluation of all recorded users.
  ///
  /// `targetClusters` are given if the lists were made within clusters.
  func evaluation(
    of ranking: FullRanking, targetClusters: [Int32] = [], seconds: Double
  ) -> Evaluation {
    var settings = ranking.settings
    settings.cutoffs = cutoffs
    return Evaluation(
      protocolInUse: ranking.protocolInUse, settings: settings, users: ranking.users,
      targets: ranking.targets, ranks: ranks,
      targetGroups: ranking.targets.values.map { ranking.itemGroups[$0.position] },
      targetClusters: targetClusters,
      historyLengths: ranking.historyLengths, headShares: headShares,
      recommendedItems: cutoffs.map { cutoff in bestRanks.lazy.filter { $0 <= cutoff }.count },
      lists: lists?.measures, skippedUsers: ranking.skippedUsers,
      maskedTargets: ranking.maskedTargets, seconds: seconds)
  }
}
