/// The positive examples of a split: each training interaction as a target, what its user did
/// before as the query.
///
/// Histories are cut from the split when a batch is asked for; no prefix is ever copied ahead. In an
/// ordered log the history is the latest items strictly before the target. In a log without order it
/// is drawn, without repetition, from the user's other training interactions, anew each epoch, and
/// never holds the target.
public struct TrainingExamples: Sendable {
  /// Which training interactions are examples.
  public struct Selection: Sendable, Equatable {
    /// The fewest items a history has: 1 leaves out the first interaction of each user.
    public var minimumHistory = 0
    /// Whether interactions with weight 0 are examples.
    public var includesWeightless = false

    /// All interactions with a weight above 0, unless something is changed.
    public init(minimumHistory: Int = 0, includesWeightless: Bool = false) {
      self.minimumHistory = minimumHistory
      self.includesWeightless = includesWeightless
    }
  }

  /// Where the examples come from.
  public let split: Split
  /// The most items a history has.
  public let historyLength: Int
  /// The number of examples.
  public let count: Int
  /// The user of each training interaction.
  private let owners: [Int32]
  /// The training interaction of each example; empty when every one is an example.
  private let selected: [Int32]

  /// The examples of a split.
  ///
  /// O(interactions), 4 bytes each, 8 where some are left out.
  public init(_ split: Split, historyLength: Int, selection: Selection = Selection()) {
    guard historyLength >= 0 else {
      fatalError("TrainingExamples: a history length of \(historyLength) is below 0")
    }
    self.split = split
    self.historyLength = historyLength
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

  /// The order of an epoch over these examples.
  public func order(seed: UInt64, epoch: Int) -> ExampleOrder {
    ExampleOrder(count: count, seed: seed, epoch: epoch)
  }

  /// The examples at some places of an order.
  public func batch(_ places: Range<Int>, of order: ExampleOrder) -> TrainingBatch {
    batch(order[places], key: order.key)
  }

  /// The given examples; histories of a log without order are drawn by `key`.
  public func batch(_ examples: [Int], key: UInt64 = 0) -> TrainingBatch {
    var users: [UserIndex?] = []
    var targets: [ItemIndex] = []
    var weights: [Float] = []
    var history: [ItemIndex] = []
    var offsets = [0]
    users.reserveCapacity(examples.count)
    targets.reserveCapacity(examples.count)
    weights.reserveCapacity(examples.count)
    offsets.reserveCapacity(examples.count + 1)
    history.reserveCapacity(examples.count * historyLength)
    let values = split.training.values
    for example in examples {
      let position = selected.isEmpty ? example : Int(selected[example])
      let user = Int(owners[position])
      let first = split.training.offsets[user]
      users.append(UserIndex(user))
      targets.append(values[position])
      weights.append(split.weights[position])
      if split.isOrdered {
        history.append(contentsOf: values[max(first, position - historyLength)..<position])
      } else {
        draw(first..<split.training.offsets[user + 1], without: position, key, into: &history)
      }
      offsets.append(history.count)
    }
    return TrainingBatch(
      queries: QueryBatch(
        users: users, histories: Ragged(values: history, offsets: offsets)),
      targets: targets, weights: weights)
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
      // Other interactions with the same item would give the answer away as well.
      if item == target { continue }
      history.append(item)
      wanted -= 1
    }
  }
}
