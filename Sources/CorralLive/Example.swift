import CorralData

/// What one event teaches: a user, what they had done before, and the item that followed.
struct Example: Sendable, Equatable {
  /// The user.
  var user: UserIndex
  /// The latest items before the event, oldest first.
  var history: [ItemIndex]
  /// The item of the event.
  var target: ItemIndex
  /// How much the event counts.
  var weight: Float
}

extension TrainingBatch {
  /// Some examples as a batch.
  init(_ examples: [Example]) {
    self.init(
      queries: QueryBatch(
        users: examples.map(\.user), histories: Ragged(examples.map(\.history))),
      targets: examples.map(\.target), weights: examples.map(\.weight))
  }
}
