/// A batch of requests for candidates.
///
/// A retriever uses the parts that it understands. An unknown user with a history is a normal
/// query.
package struct QueryBatch: Sendable {
  /// The user of each request; `nil` for a user that training never saw.
  package var users: [UserIndex?]
  /// The earlier interactions of each request's user, oldest first, one row per request.
  package var histories: Ragged<ItemIndex>
  /// The context of each request, one row each; empty if no context is known.
  package var context: ContextTable
  /// The cluster of items that each request searches, for a model that is told; empty if it is not.
  package var clusters: [Int32]

  /// Creates a batch.
  ///
  /// All parts have one entry per request; context and clusters can be empty.
  package init(
    users: [UserIndex?], histories: Ragged<ItemIndex>, context: ContextTable = ContextTable(),
    clusters: [Int32] = []
  ) {
    guard users.count == histories.count, context.isEmpty || context.count == users.count,
      clusters.isEmpty || clusters.count == users.count
    else {
      fatalError(
        "QueryBatch: \(users.count) users need as many histories, rows of context and clusters, not"
          + " \(histories.count), \(context.count) and \(clusters.count)")
    }
    self.users = users
    self.histories = histories
    self.context = context
    self.clusters = clusters
  }

  /// The number of requests.
  package var count: Int { users.count }
}

/// A batch of positive examples: queries, the items that followed, and their weights.
package struct TrainingBatch: Sendable {
  /// The queries, as they were before their targets happened.
  package var queries: QueryBatch
  /// The positive items, `[targets]`; `reading` says how many there are.
  package var targets: [ItemIndex]
  /// The reward r_i of each target, `[targets]`: equation 4 of Yi and others, 2019.
  package var weights: [Float]
  /// Where in the histories the targets belong.
  package var reading: Reading
  /// The labels of each target, one row each; empty if there are none.
  package var labels = LabelTable()
  /// The items that were shown to each target's user and not taken, oldest first, one row per
  /// target.
  ///
  /// They are true negatives for rankers; retrievers must not use them. Rows are empty unless the
  /// examples ask for impressions.
  package var impressions: Ragged<ItemIndex>
  /// The labels of each impression, aligned with `impressions.values`.
  package var impressionLabels = LabelTable()

  /// How the targets of a batch relate to its histories.
  package enum Reading: Sendable, Equatable {
    /// Target i follows history i.
    case next
    /// Target j follows element j of the histories' values: every prefix of a history is a query.
    case everyPosition
    /// Target j follows element `positions[j]` of the histories' values; other prefixes have no
    /// target.
    case positions([Int])
    /// Target j is the item at position `positions[j]` of the histories' values. The item is still
    /// there: the reader of the batch must hide it.
    case masked([Int])
  }

  /// Creates a batch of examples.
  ///
  /// Each target has a weight, and `reading` says how many targets there are.
  package init(
    queries: QueryBatch, targets: [ItemIndex], weights: [Float], reading: Reading = .next
  ) {
    let expected =
      switch reading {
      case .next: queries.count
      case .everyPosition: queries.histories.values.count
      case .positions(let positions), .masked(let positions): positions.count
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
    case .positions(let positions), .masked(let positions): places = positions
    }
    var query = 0
    return places.map { place in
      while place >= queries.histories.offsets[query + 1] { query += 1 }
      return queries.users[query]
    }
  }
}

/// A batch of requests with equally many candidates each.
package struct CandidateBatch: Sendable {
  /// The requests.
  package var queries: QueryBatch
  /// The candidates, `[batch, candidates]`, row after row.
  package let items: [ItemIndex]
  /// The number of candidates of each request.
  package let candidates: Int

  /// Creates a batch with `candidates` items for each query.
  package init(queries: QueryBatch, items: [ItemIndex], candidates: Int) {
    if items.count != queries.count * candidates {
      fatalError(
        "CandidateBatch: \(items.count) items are not \(candidates) for each of \(queries.count) "
          + "queries")
    }
    self.queries = queries
    self.items = items
    self.candidates = candidates
  }

  /// The number of requests.
  package var count: Int { queries.count }
}
