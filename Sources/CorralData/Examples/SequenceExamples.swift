import CorralVectors

/// Segments of users' training interactions: a forward pass over one trains all its positions.
///
/// A user with more interactions than fit gets several segments, cut from the end. Each interaction
/// but a user's first is a target once per epoch, and no prefix is copied. Segments of an unordered
/// log are in file order.
///
/// With a partition of the items, an example is a segment and one of the clusters that its targets
/// are in: a pass that is told the cluster trains the targets of the cluster (Zhang and others,
/// 2023). Targets of weight 0 are then left out.
package struct SequenceExamples: Sendable {
  /// The split that the examples come from.
  package let split: Split
  /// The most items in the history of a segment.
  package let length: Int
  /// The number of segments or, with a partition, of segments and clusters.
  package let count: Int
  /// The share of hidden items; 0 if the targets are the next items.
  private let hiddenShare: Double
  /// The share of segments in which only the last item is hidden.
  private let hiddenEnds: Double
  private let owners: [Int32]
  /// The range of each segment in the training part.
  private let bounds: [Range<Int>]
  /// The cluster of each example; `nil` if each segment is one example.
  private let tasks: SegmentTasks?

  /// Cuts a split into segments.
  ///
  /// `hiddenShare` above 0 makes examples of the cloze task. In `hiddenEnds` of the segments only
  /// the last item is hidden, as in a query. O(interactions / length) memory; with a partition 8
  /// bytes for each segment and cluster, which are no more than the interactions.
  package init(
    _ split: Split, length: Int, hiddenShare: Double = 0, hiddenEnds: Double = 0,
    partition: Partition? = nil
  ) {
    guard length > 0, (0..<1).contains(hiddenShare), (0...1).contains(hiddenEnds) else {
      fatalError(
        "SequenceExamples: a length of \(length), a hidden share of \(hiddenShare) and "
          + "\(hiddenEnds) of the ends")
    }
    self.split = split
    self.length = length
    self.hiddenShare = hiddenShare
    self.hiddenEnds = hiddenEnds
    // The last item of a segment that is read forward is only a target.
    let (most, least) = hiddenShare > 0 ? (length, 1) : (length + 1, 2)
    var owners: [Int32] = []
    var bounds: [Range<Int>] = []
    for user in 0..<split.userCount {
      let row = split.training.offsets[user]..<split.training.offsets[user + 1]
      var end = row.upperBound
      while end - row.lowerBound >= least {
        let start = max(row.lowerBound, end - most)
        if split.weights[start..<end].contains(where: { $0 > 0 }) {
          owners.append(Int32(user))
          bounds.append(start..<end)
        }
        // The first item of a segment that is read forward is the last target of the one before.
        end = hiddenShare > 0 || start == row.lowerBound ? start : start + 1
      }
    }
    self.owners = owners
    self.bounds = bounds
    tasks = partition.map { partition in
      SegmentTasks(
        partition, of: split, targets: bounds.map { hiddenShare > 0 ? $0 : $0.dropFirst() })
    }
    count = tasks?.count ?? bounds.count
  }

  /// Returns the order of an epoch over these examples.
  package func order(seed: UInt64, epoch: Int) -> ExampleOrder {
    ExampleOrder(count: count, seed: seed, epoch: epoch)
  }

  /// Returns the examples at some places of an order.
  ///
  /// The hidden items differ between epochs.
  package func batch(_ places: Range<Int>, of order: ExampleOrder) -> TrainingBatch {
    let examples = order[places]
    return hiddenShare > 0 ? hiding(examples, key: order.key) : forward(examples)
  }

  private func forward(_ examples: [Int]) -> TrainingBatch {
    var inputs: [ItemIndex] = []
    var places: [Int] = []
    var targets: [ItemIndex] = []
    var weights: [Float] = []
    var offsets = [0]
    for example in examples {
      let (range, cluster) = (bounds[segment(of: example)], tasks?.clusters[example])
      let first = inputs.count
      inputs += split.training.values[range.dropLast()]
      for position in range.dropFirst() where isTarget(position, cluster) {
        places.append(first + position - range.lowerBound - 1)
        targets.append(split.training.values[position])
        weights.append(split.weights[position])
      }
      offsets.append(inputs.count)
    }
    return TrainingBatch(
      queries: queries(examples, inputs, offsets), targets: targets, weights: weights,
      reading: tasks == nil ? .everyPosition : .positions(places))
  }

  private func hiding(_ examples: [Int], key: UInt64) -> TrainingBatch {
    var items: [ItemIndex] = []
    var hidden: [Int] = []
    var targets: [ItemIndex] = []
    var weights: [Float] = []
    var offsets = [0]
    /// Returns a number in 0..<1 that depends on the epoch and a position.
    func chance(_ position: Int, _ purpose: UInt64) -> Double {
      Double(mixed(key ^ mixed(UInt64(position) ^ purpose)) >> 11) * 0x1p-53
    }
    for example in examples {
      var (range, cluster) = (bounds[segment(of: example)], tasks?.clusters[example])
      let share = chance(range.lowerBound, 1 << 63) < hiddenEnds ? 0 : hiddenShare
      var chosen = range.filter { isTarget($0, cluster) && chance($0, 0) < share }
      if chosen.isEmpty, let last = range.last(where: { isTarget($0, cluster) }) {
        // A segment of which nothing was hidden by chance hides its last target and has nothing
        // after it, as queries do.
        chosen = [last]
        range = range.lowerBound..<last + 1
      }
      for position in chosen {
        hidden.append(items.count + position - range.lowerBound)
        targets.append(split.training.values[position])
        weights.append(split.weights[position])
      }
      items += split.training.values[range]
      offsets.append(items.count)
    }
    return TrainingBatch(
      queries: queries(examples, items, offsets), targets: targets, weights: weights,
      reading: .masked(hidden))
  }

  /// Whether the item at a position of the training part is a target of a cluster.
  private func isTarget(_ position: Int, _ cluster: Int32?) -> Bool {
    guard let cluster, let tasks else { return true }
    return split.weights[position] > 0
      && tasks.partition.clusters[split.training.values[position].position] == cluster
  }

  /// The number of an example's segment.
  private func segment(of example: Int) -> Int {
    tasks.map { Int($0.segments[example]) } ?? example
  }

  private func queries(
    _ examples: [Int], _ items: [ItemIndex], _ offsets: [Int]
  ) -> QueryBatch {
    QueryBatch(
      users: examples.map { UserIndex(Int(owners[segment(of: $0)])) },
      histories: Ragged(values: items, offsets: offsets),
      clusters: tasks.map { tasks in examples.map { tasks.clusters[$0] } } ?? [])
  }
}

/// The clusters that the targets of each segment are in: one task for each.
private struct SegmentTasks: Sendable {
  let partition: Partition
  /// The segment of each task.
  var segments: [Int32] = []
  /// The cluster of each task.
  var clusters: [Int32] = []

  /// The tasks of segments, of which `targets` are the positions in the training part of a split.
  init(_ partition: Partition, of split: Split, targets: [Range<Int>]) {
    self.partition = partition
    /// The last segment that each cluster was met in.
    var latest = [Int32](repeating: -1, count: partition.count)
    for (segment, positions) in targets.enumerated() {
      for position in positions where split.weights[position] > 0 {
        let cluster = partition.clusters[split.training.values[position].position]
        if latest[Int(cluster)] == Int32(segment) { continue }
        latest[Int(cluster)] = Int32(segment)
        segments.append(Int32(segment))
        clusters.append(cluster)
      }
    }
  }

  var count: Int { clusters.count }
}
