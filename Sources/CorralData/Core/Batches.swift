/// What is known about each of a batch of requests when candidates are looked for.
///
/// A retriever uses the parts it understands. An unknown user is `nil` and an ordinary query when
/// there is a history.
public struct QueryBatch: Sendable {
  /// Who asks, one entry a request; `nil` is a user that training never saw.
  package var users: [UserIndex?]
  /// What each of them interacted with before, oldest first, one row a request.
  package var histories: Ragged<ItemIndex>
  /// What is around each request, one row each; without columns nothing is known.
  package var context: ContextTable

  /// A batch of requests: as many users as histories, and as rows of context where there is any.
  package init(
    users: [UserIndex?], histories: Ragged<ItemIndex>, context: ContextTable = ContextTable()
  ) {
    guard users.count == histories.count, context.isEmpty || context.count == users.count else {
      fatalError(
        "QueryBatch: \(users.count) users need as many histories and rows of context, not"
          + " \(histories.count) and \(context.count)")
    }
    self.users = users
    self.histories = histories
    self.context = context
  }

  /// The number of requests.
  package var count: Int { users.count }
}

/// A batch of positive examples: queries, the items that followed, and how much each counts.
public struct TrainingBatch: Sendable {
  /// The queries, as they stood before their targets happened.
  package var queries: QueryBatch
  /// The positive items, `[targets]`: as many as `reading` says.
  package var targets: [ItemIndex]
  /// The reward r_i of each target, `[targets]`: equation 4 of Yi and others, 2019.
  package var weights: [Float]
  /// Where in the histories the targets belong.
  package var reading: Reading
  /// What came of each target, one row each; without columns nothing is known.
  package var labels = LabelTable()
  /// What was shown to the user of each target and not taken, oldest first, one row a target.
  ///
  /// True negatives for a ranker, which no retriever may look at; rows are empty where there are
  /// none, and all of them unless they are asked for.
  package var impressions: Ragged<ItemIndex>
  /// What came of each impression, aligned with `impressions.values`.
  package var impressionLabels = LabelTable()

  /// Where in the histories of a batch its targets belong.
  package enum Reading: Sendable, Equatable {
    /// Target i follows history i.
    case next
    /// Target j follows element j of the histories' values: each history is read as all its prefixes.
    case everyPosition
    /// Target j is the item at position `positions[j]` of the histories' values. It still stands
    /// there: who reads the batch must not look at it.
    case masked([Int])
  }

  /// A batch of examples: a weight for each target, and as many targets as the reading says.
  package init(
    queries: QueryBatch, targets: [ItemIndex], weights: [Float], reading: Reading = .next
  ) {
    let expected =
      switch reading {
      case .next: queries.count
      case .everyPosition: queries.histories.values.count
      case .masked(let positions): positions.count
      }
    guard targets.count == expected, weights.count == expected else {
      fatalError(
        "TrainingBatch: \(expected) targets and weights are needed, not \(targets.count) and "
          + "\(weights.count)")
    }
    self.queries = queries
    self.targets = targets
    self.weights = weights
    self.reading = reading
    impressions = Ragged(values: [], offsets: [Int](repeating: 0, count: targets.count + 1))
  }

  /// The number of targets.
  package var count: Int { targets.count }

  /// The user of each target, `[targets]`.
  package var targetUsers: [UserIndex?] {
    let places: [Int]
    switch reading {
    case .next: return queries.users
    case .everyPosition: places = Array(0..<count)
    case .masked(let positions): places = positions
    }
    var query = 0
    return places.map { place in
      while place >= queries.histories.offsets[query + 1] { query += 1 }
      return queries.users[query]
    }
  }
}
