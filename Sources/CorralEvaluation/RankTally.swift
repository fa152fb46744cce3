import CorralData

/// Collects the ranks of an evaluation, block by block of users.
struct RankTally {
  /// The cut-offs of the lists.
  let cutoffs: [Int]
  private var ranks: [Int32]
  private var headShares: [Float]
  /// The best rank at which each item was recommended to anyone.
  private var bestRanks: [Int32]

  /// Starts without users.
  init(_ ranking: FullRanking, cutoffs: [Int]) {
    self.cutoffs = cutoffs
    ranks = [Int32](repeating: 0, count: ranking.targets.values.count)
    headShares = [Float](repeating: 0, count: ranking.users.count * cutoffs.count)
    bestRanks = [Int32](repeating: .max, count: ranking.itemCount)
  }

  /// The length to which lists are used: the largest cut-off.
  var depth: Int { cutoffs.max() ?? 0 }

  /// Records the lists of a block of measured users.
  mutating func note(_ lists: TopLists, of block: Range<Int>, in ranking: FullRanking) {
    let targets = ranking.targets
    for user in block {
      let list = lists[user - block.lowerBound].prefix(depth)
      for target in targets.offsets[user]..<targets.offsets[user + 1] {
        let place = list.firstIndex(of: targets.values[target].rawValue)
        ranks[target] = place.map { Int32($0 - list.startIndex + 1) } ?? 0
      }
      for (column, cutoff) in cutoffs.enumerated() where !list.isEmpty {
        let first = list.prefix(cutoff)
        let heads = first.reduce(0) { $0 + (ranking.itemGroups[Int($1)] == .head ? 1 : 0) }
        headShares[user * cutoffs.count + column] = Float(heads) / Float(first.count)
      }
    }
    let depth = depth
    bestRanks.withUnsafeMutableBufferPointer { best in
      for user in block.indices {
        var rank: Int32 = 0
        for item in lists[user - block.lowerBound].prefix(depth) {
          rank += 1
          if rank < best[Int(item)] { best[Int(item)] = rank }
        }
      }
    }
  }

  /// Returns the evaluation of all recorded users.
  func evaluation(of ranking: FullRanking, seconds: Double) -> Evaluation {
    var settings = ranking.settings
    settings.cutoffs = cutoffs
    return Evaluation(
      protocolInUse: ranking.protocolInUse, settings: settings, users: ranking.users,
      targets: ranking.targets, ranks: ranks,
      targetGroups: ranking.targets.values.map { ranking.itemGroups[$0.position] },
      historyLengths: ranking.historyLengths, headShares: headShares,
      recommendedItems: cutoffs.map { cutoff in bestRanks.lazy.filter { $0 <= cutoff }.count },
      skippedUsers: ranking.skippedUsers, maskedTargets: ranking.maskedTargets, seconds: seconds)
  }
}
