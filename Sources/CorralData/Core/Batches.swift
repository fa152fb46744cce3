/// What is known about each of a batch of requests when candidates are looked for.
///
/// A retriever uses the parts it understands. An unknown user is `nil` and an ordinary query when
/// there is a history.
public struct QueryBatch: Sendable {
  /// Who asks, one entry a request; `nil` is a user that training never saw.
  public var users: [UserIndex?]
  /// What each of them interacted with before, oldest first, one row a request.
  public var histories: Ragged<ItemIndex>

  /// A batch of requests: as many users as histories.
  public init(users: [UserIndex?], histories: Ragged<ItemIndex>) {
    precondition(
      users.count == histories.count,
      "\(users.count) users need as many histories, not \(histories.count)")
    self.users = users
    self.histories = histories
  }

  /// The number of requests.
  public var count: Int { users.count }
}

/// A batch of positive examples: each query, the item that followed it, and how much that counts.
public struct TrainingBatch: Sendable {
  /// The queries, as they stood before their targets happened.
  public var queries: QueryBatch
  /// The positive item of each query, `[batch]`.
  public var targets: [ItemIndex]
  /// The reward r_i of each example, `[batch]`: equation 4 of Yi and others, 2019.
  public var weights: [Float]

  /// A batch of examples: one target and one weight a query.
  public init(queries: QueryBatch, targets: [ItemIndex], weights: [Float]) {
    precondition(
      queries.count == targets.count && targets.count == weights.count,
      "\(queries.count) queries need as many targets and weights, not \(targets.count) and \(weights.count)"
    )
    self.queries = queries
    self.targets = targets
    self.weights = weights
  }

  /// The number of examples.
  public var count: Int { targets.count }
}
