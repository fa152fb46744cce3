package import CorralData
package import CorralVectors

/// Draws negative items, with the probability of each.
///
/// A sampler is an immutable value: one that follows a changing model is made anew. Draws are
/// independent and with replacement, so that a loss can correct for their probabilities. A draw may hit
/// a positive; the loss masks it.
package protocol NegativeSampler: Sendable {
  /// Draws `count` negatives for each row of the context.
  func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives

  /// The natural logarithm of the probability of each item in one draw; `-infinity` for an item that is
  /// never drawn.
  ///
  /// Items are laid out as draws are: equally many for each row of the context, row after row. `[rows]`
  /// positives give `[rows]` probabilities.
  func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float]
}

/// Negative items that a sampler drew, `[rows, count]`, with the probability of each.
package struct Negatives: Sendable, Equatable {
  /// The number of rows: one for each query, or a single one that all queries share.
  package let rows: Int
  /// The number of negatives of each row.
  package let count: Int
  /// The items, row after row; the same item may occur more than once.
  package let items: [ItemIndex]
  /// The natural logarithm of each item's probability in one draw, aligned with `items`.
  package let logProbabilities: [Float]

  /// Draws in the order of their rows.
  package init(rows: Int, count: Int, items: [ItemIndex], logProbabilities: [Float]) {
    guard items.count == rows * count, logProbabilities.count == items.count else {
      fatalError(
        """
        [\(rows), \(count)] negatives need \(rows * count) items and probabilities, \
        not \(items.count) and \(logProbabilities.count)
        """)
    }
    self.rows = rows
    self.count = count
    self.items = items
    self.logProbabilities = logProbabilities
  }
}

/// What negatives are drawn for: one row for each query, or a single row for a whole batch.
///
/// Samplers that ignore the query use only the number of rows. Those that follow it read the vectors, the
/// targets or the users.
package struct SamplingContext: Sendable {
  /// The number of rows that get their own negatives.
  package let rows: Int
  /// The query vectors, `[rows, dimension]`; without columns if they are not known.
  package let queries: Matrix
  /// The positive item of each row; empty if they are not known.
  package let targets: [ItemIndex]
  /// The user of each row, `nil` for an unknown one; empty if nobody knows them.
  package let users: [UserIndex?]

  /// One row that every query of a batch shares, as in mixed negative sampling.
  package static let batch = SamplingContext(rows: 1)

  /// Rows without queries and targets.
  package init(rows: Int) {
    self.init(rows: rows, queries: Matrix(rows: rows, columns: 0), targets: [])
  }

  /// One row for each query vector, with the positive of each for samplers that read it.
  package init(queries: Matrix, targets: [ItemIndex] = []) {
    self.init(rows: queries.rows, queries: queries, targets: targets)
  }

  /// One row for each positive item, with the user of each for samplers that read them.
  package init(targets: [ItemIndex], users: [UserIndex?] = []) {
    let rows = targets.count
    self.init(rows: rows, queries: Matrix(rows: rows, columns: 0), targets: targets, users: users)
  }

  private init(rows: Int, queries: Matrix, targets: [ItemIndex], users: [UserIndex?] = []) {
    guard targets.isEmpty || targets.count == rows else {
      fatalError("a sampling context of \(rows) rows has no place for \(targets.count) targets")
    }
    guard users.isEmpty || users.count == rows else {
      fatalError("a sampling context of \(rows) rows has no place for \(users.count) users")
    }
    self.rows = rows
    self.queries = queries
    self.targets = targets
    self.users = users
  }
}
