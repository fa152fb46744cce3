import CorralVectors

/// The positive examples of a split: each training interaction is a target, and its user's earlier
/// interactions are the history.
///
/// Histories are cut from the split when a batch is made; no prefix is copied ahead. In an ordered
/// log the history is the latest items strictly before the target. In an unordered log it is drawn
/// without repetition from the user's other training interactions, anew in each epoch, and never
/// holds the target.
package struct TrainingExamples: Sendable {
  /// The training interactions that are examples.
  package struct Selection: Sendable, Equatable {
    /// The fewest items in a history: 1 leaves out the first interaction of each user.
    package var minimumHistory = 0
    /// Whether interactions with weight 0 are examples.
    package var includesWeightless = false

    /// Selects all interactions with a weight above 0, unless arguments say otherwise.
    package init(minimumHistory: Int = 0, includesWeightless: Bool = false) {
      self.minimumHistory = minimumHistory
      self.includesWeightless = includesWeightless
    }
  }

  /// The split that the examples come from.
  package let split: Split
  /// The most items in a history.
  package let historyLength: Int
  /// The most impressions per target: see `TrainingImpressions`.
  package let impressionCount: Int
  /// The clusters that queries are told: each has that of its target; `nil` if they are told none.
  package let partition: Partition?
  /// The number of examples.
  package let count: Int
  /// The user of each training interaction.
  private let owners: [Int32]
  /// The training interaction of each example; empty if all are examples.
  private let selected: [Int32]

  /// Creates the examples of a split.
  ///
  /// With a partition of the items, each query is told its target's cluster.
  ///
  /// With `impressions` above 0, each target comes with up to that many items that were shown to
  /// its user no later and not taken. They are the latest or, in a log without times, drawn anew in
  /// each epoch. O(interactions) memory: 4 bytes each, 8 if some are left out.
  package init(
    _ split: Split, historyLength: Int, selection: Selection = Selection(), impressions: Int = 0,
    partition: Partition? = nil
  ) {
    guard historyLength >= 0, impressions >= 0 else {
      fatalError(
        "TrainingExamples: a history length of \(historyLength) and \(impressions) impressions")
    }
    self.split = split
    self.historyLength = historyLength
    impressionCount = impressions
    self.partition = partition
    var owners = [Int32](repeating: 0, count: split.training.values.count)
    var selected: [Int32] = []
    selected.reserveCapacity(owners.count)
    for user in 0..<split.userCount {
      let row = split.training.offsets[user]..<split.training.offsets[user + 1]
      for position in row {
        owners[position] = Int32(user)
        let known = split.isOrdered ? position - row.lowerBound : row.count - 1
        if known >= selection.minimumHistory,
          selection.includesWeightless || split.weights[position] > 0
        {
          selected.append(Int32(position))
        }
      }
    }
    count = selected.count
    self.owners = owners
    self.selected = selected.count == owners.count ? [] : selected
  }

  /// Returns the order of an epoch over these examples.
  package func order(seed: UInt64, epoch: Int) -> ExampleOrder {
    ExampleOrder(count: count, seed: seed, epoch: epoch)
  }

  /// Returns the examples at some places of an order.
  package func batch(_ places: Range<Int>, of order: ExampleOrder) -> TrainingBatch {
    batch(order[places], key: order.key)
  }

  /// Returns the given examples; histories of an unordered log are drawn by `key`.
  package func batch(_ examples: [Int], key: UInt64 = 0) -> TrainingBatch {
    let positions = selected.isEmpty ? examples : examples.map { Int(selected[$0]) }
    // One column at a time: in such short loops, reads from all over memory overlap.
    let (values, weights) = (split.training.values, split.weights)
    let columns = split.trainingColumns.gathered(positions)
    let targets = positions.map { values[$0] }
    var batch = TrainingBatch(
      queries: QueryBatch(
        users: positions.map { UserIndex(Int(owners[$0])) },
        histories: histories(before: positions, key), context: columns.context,
        clusters: partition.map { $0.clusters(of: targets) } ?? []),
      targets: targets, weights: positions.map { weights[$0] })
    batch.labels = columns.labels
    if impressionCount > 0, !split.impressions.isEmpty { show(positions, key, in: &batch) }
    return batch
  }

  /// Returns what the user of each given training interaction did before it.
  private func histories(before positions: [Int], _ key: UInt64) -> Ragged<ItemIndex> {
    var offsets = [Int](repeating: 0, count: positions.count + 1)
    guard historyLength > 0 else { return Ragged(values: [], offsets: offsets) }
    let training = split.training
    var history: [ItemIndex] = []
    history.reserveCapacity(positions.count * historyLength)
    for (row, position) in positions.enumerated() {
      let user = Int(owners[position])
      let first = training.offsets[user]
      if split.isOrdered {
        history += training.values[max(first, position - historyLength)..<position]
      } else {
        draw(first..<training.offsets[user + 1], without: position, key, into: &history)
      }
      offsets[row + 1] = history.count
    }
    return Ragged(values: history, offsets: offsets)
  }

  /// Adds the impressions that belong to the given training interactions.
  private func show(_ positions: [Int], _ key: UInt64, in batch: inout TrainingBatch) {
    let impressions = split.impressions
    var shown: [Int] = []
    var offsets = [0]
    for position in positions {
      let user = UserIndex(Int(owners[position]))
      let range = impressions.latest(impressionCount, of: user, before: position)
      if range.count <= impressionCount {
        shown += range
      } else {
        // Without times some of all the user's impressions are drawn by the key.
        let order = Permutation(count: range.count, key: mixed(~key ^ mixed(UInt64(position))))
        shown += (0..<impressionCount).map { range.lowerBound + order[$0] }
      }
      offsets.append(shown.count)
    }
    batch.impressions = Ragged(
      values: shown.map { impressions.items.values[$0] }, offsets: offsets)
    if !impressions.labels.isEmpty { batch.impressionLabels = impressions.labels.gathered(shown) }
  }

  /// Adds up to `historyLength` of a user's other items in random order.
  private func draw(
    _ row: Range<Int>, without position: Int, _ key: UInt64, into history: inout [ItemIndex]
  ) {
    guard row.count > 1 else { return }
    let target = split.training.values[position]
    let order = Permutation(count: row.count, key: mixed(key ^ mixed(UInt64(position))))
    var wanted = historyLength
    var place = 0
    while wanted > 0, place < row.count {
      let item = split.training.values[row.lowerBound + order[place]]
      place += 1
      // Other interactions with the target item would give away the answer too.
      if item == target { continue }
      history.append(item)
      wanted -= 1
    }
  }
}

/// The form of a training example.
package enum ExampleShape: Sendable, Equatable {
  /// One interaction as the target, with its user's earlier interactions as the history.
  case pairs
  /// A segment of a user's interactions. Each but the first is a target.
  case sequences
  /// A segment of a user's interactions with hidden targets: the cloze task (Sun and others, 2019).
  ///
  /// `share` of the items are hidden; in `ends` of the segments only the last item is.
  case cloze(share: Double, ends: Double)
}
