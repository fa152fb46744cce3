import CorralVectors

/// What training may see of what was shown to each user and not taken.
///
/// True negatives for a ranker; a retriever never looks here. Of a user's impressions those stay
/// that are no later than the last of their training interactions, so that nothing is told of the
/// time that is held out, and whose item they did not take in training at any time, which would
/// contradict itself. What is held out is not asked: knowing which impressions were taken in the end
/// would give the answers away.
package struct TrainingImpressions: Sendable, Equatable {
  /// The items shown to each user, oldest first, one row a user; no rows where there are none at all.
  package let items: Ragged<ItemIndex>
  /// What came of each, aligned with `items.values`.
  package let labels: LabelTable
  /// For each training interaction where those end in `items.values` that came with it or before;
  /// empty when the log does not say when.
  private let ends: [Int32]

  /// No impressions.
  package init() {
    self.init(items: Ragged(values: [], offsets: [0]), labels: LabelTable(), ends: [])
  }

  init(items: Ragged<ItemIndex>, labels: LabelTable, ends: [Int32]) {
    self.items = items
    self.labels = labels
    self.ends = ends
  }

  /// Whether there are none.
  package var isEmpty: Bool { items.values.isEmpty }

  /// The number of impressions.
  package var count: Int { items.values.count }

  /// Whether it is known which impressions came before an interaction.
  package var isOrdered: Bool { !ends.isEmpty }

  /// The latest impressions of a user that came with a training interaction or before it, at most
  /// `limit`, as positions in `items.values`; of a log without times, all of the user's.
  ///
  /// A page is shown at once, so impressions with the time of the interaction count as before it.
  package func latest(_ limit: Int, of user: UserIndex, before interaction: Int) -> Range<Int> {
    if isEmpty { return 0..<0 }
    let first = items.offsets[user.position]
    if !isOrdered { return first..<items.offsets[user.position + 1] }
    let end = Int(ends[interaction])
    return max(first, end - limit)..<end
  }
}

extension Dataset {
  /// The impressions that training may see, given the rows of the log that it has of each user.
  ///
  /// O(impressions log of a user's), and 4 bytes for each training interaction.
  func trainingImpressions(_ training: Ragged<Int32>) -> TrainingImpressions {
    if impressions.count == 0 { return TrainingImpressions() }
    let isOrdered = order != .none && log.hasTimes && impressions.hasTimes
    let shown = impressions.rowsByUser(count: users.count, inTime: isOrdered)
    var kept: [Int32] = []
    var offsets = [0]
    var ends: [Int32] = []
    if isOrdered { ends.reserveCapacity(training.values.count) }
    // The last user that took each item: one array for all users.
    var takers = [Int32](repeating: -1, count: items.count)
    var times: [Int64] = []
    for user in 0..<users.count {
      for row in training[user] { takers[log.items[Int(row)].position] = Int32(user) }
      let last = isOrdered ? training[user].lazy.map { log.times[Int($0)] }.max() : .max
      times.removeAll(keepingCapacity: true)
      for row in shown[user] {
        let time = isOrdered ? impressions.times[Int(row)] : 0
        guard let last, time <= last else { break }
        if takers[impressions.items[Int(row)].position] == Int32(user) { continue }
        kept.append(row)
        times.append(time)
      }
      if isOrdered {
        let first = offsets[user]
        for row in training[user] {
          ends.append(Int32(first + times.partitioningIndex { $0 > log.times[Int(row)] }))
        }
      }
      offsets.append(kept.count)
    }
    return TrainingImpressions(
      items: Ragged(values: kept.map { impressions.items[Int($0)] }, offsets: offsets),
      labels: impressions.columns.gathered(kept.lazy.map(Int.init)).labels, ends: ends)
  }
}
