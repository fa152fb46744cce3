import CorralData
import CorralVectors
import Foundation

extension FullRanking {
  /// Users scored by one call of the model's closure: enough to keep its products busy.
  static let usersPerBlock = 1024

  /// Measures one model.
  ///
  /// Memory beyond the split's own: one block of queries, or of scores for a model that
  /// makes them itself, and the lists of that block.
  ///
  /// - Throws: what the model's closure throws, or `EvaluationError.notANumber`.
  public func evaluate(_ scoring: Scoring) throws -> Evaluation {
    let start = ContinuousClock.now
    var ranks = [Int32](repeating: 0, count: targets.values.count)
    var headShares = [Float](repeating: 0, count: users.count * settings.cutoffs.count)
    // The best rank at which each item was recommended to anyone.
    var bestRanks = [Int32](repeating: .max, count: itemCount)
    let search = InnerProductSearch(try items(of: scoring))
    var first = 0
    while first < users.count {
      let block = block(from: first)
      let positions = users[block.lowerBound].position..<users[block.upperBound - 1].position + 1
      let lists: TopLists
      switch scoring {
      case .vectors(let queries, let items):
        let queries = try queries(positions)
        try check(queries, for: positions, columns: items.columns)
        lists = topLists(of: block, queries: queries, search: search)
      case .scores(let scores):
        let scores = try scores(positions)
        try check(scores, for: positions, columns: itemCount)
        lists = topLists(of: block, scores: scores)
      }
      note(lists, of: block, ranks: &ranks, headShares: &headShares, bestRanks: &bestRanks)
      first = block.upperBound
    }
    return Evaluation(
      protocolInUse: protocolInUse, settings: settings, users: users, targets: targets,
      ranks: ranks, targetGroups: targets.values.map { itemGroups[$0.position] },
      historyLengths: historyLengths, headShares: headShares,
      recommendedItems: settings.cutoffs.map { cutoff in
        bestRanks.lazy.filter { $0 <= cutoff }.count
      },
      skippedUsers: skippedUsers, maskedTargets: maskedTargets,
      seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  /// The length of the lists: the largest cut-off.
  var depth: Int { settings.cutoffs.max() ?? 0 }

  /// Takes from the lists of a block all that an evaluation keeps of them.
  private func note(
    _ lists: TopLists, of block: Range<Int>, ranks: inout [Int32], headShares: inout [Float],
    bestRanks: inout [Int32]
  ) {
    let cutoffs = settings.cutoffs
    for user in block {
      let list = lists[user - block.lowerBound]
      for target in targets.offsets[user]..<targets.offsets[user + 1] {
        let place = list.firstIndex(of: targets.values[target].rawValue)
        ranks[target] = place.map { Int32($0 - list.startIndex + 1) } ?? 0
      }
      for (column, cutoff) in cutoffs.enumerated() where !list.isEmpty {
        let first = list.prefix(cutoff)
        let heads = first.reduce(0) { $0 + (itemGroups[Int($1)] == .head ? 1 : 0) }
        headShares[user * cutoffs.count + column] = Float(heads) / Float(first.count)
      }
    }
    bestRanks.withUnsafeMutableBufferPointer { best in
      for user in block.indices {
        var rank: Int32 = 0
        for item in lists[user - block.lowerBound] {
          rank += 1
          if rank < best[Int(item)] { best[Int(item)] = rank }
        }
      }
    }
  }

  /// The measured users whose positions lie within one block of the user at `first`.
  private func block(from first: Int) -> Range<Int> {
    let end = users[first].position + Self.usersPerBlock
    var last = first + 1
    while last < users.count, users[last].position < end { last += 1 }
    return first..<last
  }

  /// The item vectors, checked; none for a model that makes its scores itself.
  private func items(of scoring: Scoring) throws -> Matrix {
    guard case .vectors(_, let items) = scoring else { return Matrix(rows: 0, columns: 0) }
    if items.rows != itemCount {
      fatalError("evaluate: \(items.rows) item vectors for a catalogue of \(itemCount) items")
    }
    if let bad = items.values.firstIndex(where: \.isNaN) {
      throw EvaluationError.notANumber("in the vector of item \(bad / items.columns)")
    }
    return items
  }

  private func check(_ matrix: Matrix, for users: Range<Int>, columns: Int) throws {
    if matrix.rows != users.count || matrix.columns != columns {
      fatalError(
        "evaluate: [\(users.count), \(columns)] expected for users \(users), "
          + "not [\(matrix.rows), \(matrix.columns)]")
    }
    if let bad = matrix.values.firstIndex(where: \.isNaN) {
      throw EvaluationError.notANumber("for user \(users.lowerBound + bad / columns)")
    }
  }
}
