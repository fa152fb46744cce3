package import CorralData
import CorralVectors
import Foundation

extension FullRanking {
  /// The number of users in one call of the model's closure, enough for efficient products.
  static let usersPerBlock = 1024

  /// Measures one model.
  ///
  /// In addition to the split, memory holds the queries or scores and the lists of one block of
  /// users.
  ///
  /// - Throws: what the model's closure throws, or `EvaluationError.notANumber`.
  public func evaluate(_ scoring: Scoring) throws -> Evaluation {
    try evaluate(scoring, lists: nil)
  }

  /// Measures one model, and its lists by clusters and vectors.
  ///
  /// Without `lists` only what needs neither is measured of the lists.
  ///
  /// - Throws: what the model's closure throws, or `EvaluationError.notANumber`.
  package func evaluate(_ scoring: Scoring, lists measuring: ListMeasuring?) throws -> Evaluation {
    let start = ContinuousClock.now
    var tally = tally(cutoffs: settings.cutoffs, measuring)
    try eachBlock(of: scoring, depth: tally.depth) { block, lists in
      tally.note(lists, of: block, in: self)
    }
    return tally.evaluation(of: self, seconds: (ContinuousClock.now - start).inSeconds)
  }

  /// Starts to collect ranks and list measures at some cut-offs.
  func tally(cutoffs: [Int], _ measuring: ListMeasuring?) -> RankTally {
    RankTally(
      self, cutoffs: cutoffs, lists: ListTally(self, cutoffs: cutoffs, measuring: measuring))
  }

  /// Returns the best items for each user of the split, the best first, one row per user: the
  /// candidates of a ranker that is trained or measured separately.
  ///
  /// Seen items are masked as in an evaluation. Rows are empty for users without targets. 4 bytes
  /// per candidate.
  ///
  /// - Throws: what the model's closure throws, or `EvaluationError.notANumber`.
  package func candidates(of scoring: Scoring, count: Int) throws -> Ragged<ItemIndex> {
    var values: [ItemIndex] = []
    var offsets = [0]
    // A ranker should not learn from items that the retriever cannot place.
    try eachBlock(of: scoring, depth: count, unplaced: .omitted) { block, lists in
      for user in block {
        offsets += [Int](
          repeating: values.count, count: users[user].position + 1 - offsets.count)
        values += lists[user - block.lowerBound].lazy.map { ItemIndex(Int($0)) }
        offsets.append(values.count)
      }
    }
    offsets += [Int](repeating: values.count, count: splitUserCount + 1 - offsets.count)
    return Ragged(values: values, offsets: offsets)
  }

  /// Calls `body` with each block of measured users and their lists, `depth` items long if so many
  /// may be recommended.
  ///
  /// Items that the model cannot place are at the end of a list, or left out if `unplaced` says so.
  func eachBlock(
    of scoring: Scoring, depth: Int, unplaced: Unplaced = .last,
    _ body: (Range<Int>, TopLists) throws -> Void
  ) throws {
    let placed = scoring.placed.prefix(itemCount)
    let search = PlacedRows(try items(of: scoring), count: itemCount, placed: placed)
    var first = 0
    while first < users.count {
      let block = block(from: first)
      let positions = users[block.lowerBound].position..<users[block.upperBound - 1].position + 1
      let lists: TopLists
      switch scoring.source {
      case .vectors(let queries, let items):
        let queries = try queries(positions)
        let interests = max(1, queries.rows / positions.count)
        try check(queries, for: positions, interests: interests, columns: items.columns)
        lists = topLists(
          of: block, queries: queries, interests: interests, search: search, depth: depth)
      case .scores(let scores):
        let scores = try scores(positions)
        try check(scores, for: positions, interests: 1, columns: catalogueCount, isBad: \.isNaN)
        lists = topLists(of: block, scores: scores, placed: placed, depth: depth)
      case .index(let queries, let search):
        let queries = try queries(positions)
        let interests = max(1, queries.rows / positions.count)
        try check(queries, for: positions, interests: interests, columns: queries.columns)
        lists = topLists(
          of: block, queries: queries, interests: interests, placed: placed, depth: depth,
          by: search)
      case .lists(let made):
        lists = topLists(
          of: block,
          made: try made(positions, depth, masked(of: positions, in: block)), placed: placed,
          depth: depth)
      }
      try body(
        block,
        unplaced == .omitted
          ? lists
          : lists.followed(by: placed, to: depth) { masked[block.lowerBound + $0] })
      first = block.upperBound
    }
  }

  /// Returns what each user of a range of positions has met and must not be shown again; empty rows
  /// for users that are not measured.
  private func masked(of positions: Range<Int>, in block: Range<Int>) -> Ragged<ItemIndex> {
    var values: [ItemIndex] = []
    var offsets = [0]
    var row = block.lowerBound
    for position in positions {
      if row < block.upperBound, users[row].position == position {
        values += masked[row].lazy.map { ItemIndex(Int($0)) }
        row += 1
      }
      offsets.append(values.count)
    }
    return Ragged(values: values, offsets: offsets)
  }

  /// What happens to items that the model cannot place.
  enum Unplaced {
    /// They come after all others.
    case last
    /// They are left out.
    case omitted
  }

  /// Returns the measured users whose positions are within one block of the user at `first`.
  private func block(from first: Int) -> Range<Int> {
    let end = users[first].position + Self.usersPerBlock
    var last = first + 1
    while last < users.count, users[last].position < end { last += 1 }
    return first..<last
  }

  /// Returns the checked item vectors; empty for a model that computes scores itself.
  private func items(of scoring: Scoring) throws -> Matrix {
    guard case .vectors(_, let items) = scoring.source else { return Matrix(rows: 0, columns: 0) }
    try check(items)
    return items
  }

  /// Throws for item vectors that are not finite.
  func check(_ items: Matrix) throws {
    if items.rows != catalogueCount {
      fatalError(
        "evaluate: \(items.rows) item vectors for a catalogue of \(catalogueCount) items")
    }
    if let bad = items.values.firstIndex(where: { !$0.isFinite }) {
      throw EvaluationError.notANumber("in the vector of item \(bad / items.columns)")
    }
  }

  /// Throws for a number that items cannot be ranked by.
  ///
  /// A score can be minus infinity, which is never recommended; vectors must be finite.
  private func check(
    _ matrix: Matrix, for users: Range<Int>, interests: Int, columns: Int,
    isBad: (Float) -> Bool = { !$0.isFinite }
  ) throws {
    if matrix.rows != users.count * interests || matrix.columns != columns {
      fatalError(
        "evaluate: [\(users.count), \(columns)] expected for users \(users), "
          + "not [\(matrix.rows), \(matrix.columns)]")
    }
    if let bad = matrix.values.firstIndex(where: isBad) {
      throw EvaluationError.notANumber(
        "for user \(users.lowerBound + bad / columns / interests)")
    }
  }
}
