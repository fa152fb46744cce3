import CorralVectors

/// The impressions of each user that training may use: items that were shown and not taken.
///
/// They are true negatives for a ranker; a retriever does not use them. Impressions later than the
/// user's last training interaction are dropped, so that nothing of the held-out time leaks.
/// Impressions of an item that the user took in training are dropped, because they would contradict
/// it. Held-out interactions are not consulted: which impressions were taken later would give the
/// answers away.
package struct TrainingImpressions: Sendable, Equatable {
  /// The items shown to each user, oldest first, one row per user; no rows if there are no
  /// impressions.
  package let items: Ragged<ItemIndex>
  /// The labels of each impression, aligned with `items.values`.
  package let labels: LabelTable
  /// For each training interaction the end, in `items.values`, of the impressions up to its time;
  /// empty if the log has no times.
  private let ends: [Int32]

  /// Creates an empty collection.
  package init() {
    self.init(items: Ragged(values: [], offsets: [0]), labels: LabelTable(), ends: [])
  }

  init(items: Ragged<ItemIndex>, labels: LabelTable, ends: [Int32]) {
    self.items = items
    self.labels = labels
    self.ends = ends
  }

  /// Whether there are no impressions.
  package var isEmpty: Bool { items.values.isEmpty }

  /// The number of impressions.
  package var count: Int { items.values.count }

  /// Whether it is known which impressions came before an interaction.
  package var isOrdered: Bool { !ends.isEmpty }

  /// Returns the latest impressions of a user up to the time of a training interaction, at most
  /// `limit`, as positions in `items.values`; in a log without times, all of the user's.
  ///
  /// A page is shown at once, so that impressions at the time of the interaction count as before
  /// it.
  package func latest(_ limit: Int, of user: UserIndex, before interaction: Int) -> Range<Int> {
    if isEmpty { return 0..<0 }
    let first = items.offsets[user.position]
    if !isOrdered { return first..<items.offsets[user.position + 1] }
    let end = Int(ends[interaction])
    return max(first, end - limit)..<end
  }
}

extension Dataset {
  /// Selects the impressions that training may use, given each user's training rows of the log.
  ///
  /// O(impressions log of a user's) time, and 4 bytes per training interaction.
  func trainingImpressions(_ training: Ragged<Int32>) -> TrainingImpressions {
    if impressions.count == 0 { return TrainingImpressions() }
    let isOrdered = order != .none && log.hasTimes && impressions.hasTimes
    let shown = impressions.rowsByUser(count: users.count, inTime: isOrdered)
    var kept: [Int32] = []
    var offsets = [0]
    var ends: [Int32] = []
    if isOrdered { ends.reserveCapacity(training.values.count) }
    // The last user who took each item, in one array for all users.
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
