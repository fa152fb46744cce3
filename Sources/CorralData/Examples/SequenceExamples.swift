import CorralVectors

/// Segments of users' training interactions: a forward pass over one trains all its positions.
///
/// A user with more interactions than fit gets several segments, cut from the end. Each interaction
/// but a user's first is a target once per epoch, and no prefix is copied. Segments of an unordered
/// log are in file order.
package struct SequenceExamples: Sendable {
  /// The split that the examples come from.
  package let split: Split
  /// The most items in the history of a segment.
  package let length: Int
  /// The number of segments.
  package let count: Int
  /// The share of hidden items; 0 if the targets are the next items.
  private let hiddenShare: Double
  /// The share of segments in which only the last item is hidden.
  private let hiddenEnds: Double
  private let owners: [Int32]
  /// The range of each segment in the training part.
  private let bounds: [Range<Int>]

  /// Cuts a split into segments.
  ///
  /// `hiddenShare` above 0 makes examples of the cloze task. In `hiddenEnds` of the segments only
  /// the last item is hidden, as in a query. O(interactions / length) memory.
  package init(
    _ split: Split, length: Int, hiddenShare: Double = 0, hiddenEnds: Double = 0
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
    count = bounds.count
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
    var targets: [ItemIndex] = []
    var weights: [Float] = []
    var offsets = [0]
    for example in examples {
      let range = bounds[example]
      inputs += split.training.values[range.dropLast()]
      targets += split.training.values[range.dropFirst()]
      weights += split.weights[range.dropFirst()]
      offsets.append(inputs.count)
    }
    return TrainingBatch(
      queries: queries(examples, inputs, offsets), targets: targets, weights: weights,
      reading: .everyPosition)
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
      let range = bounds[example]
      let before = hidden.count
      let share = chance(range.lowerBound, 1 << 63) < hiddenEnds ? 0 : hiddenShare
      for position in range {
        let isHidden = chance(position, 0) < share
        // A segment of which nothing was hidden by chance hides its end, as queries do.
        guard isHidden || (position == range.upperBound - 1 && hidden.count == before) else {
          continue
        }
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

  private func queries(
    _ examples: [Int], _ items: [ItemIndex], _ offsets: [Int]
  ) -> QueryBatch {
    QueryBatch(
      users: examples.map { UserIndex(Int(owners[$0])) },
      histories: Ragged(values: items, offsets: offsets))
  }
}
