package import CorralData
import CorralVectors

/// A ranker as an evaluation calls it: it scores the candidates of users.
package struct CandidateRanking {
  /// The most candidates in one call, unless a single user has more.
  package static let largestCall = 32_768

  /// Whether a candidate's score depends on the other candidates, so that lists of each length must
  /// be scored separately.
  package let dependsOnList: Bool
  /// Scores each candidate, aligned with the values of the rows; there is a row for each user, in
  /// the retriever's order.
  ///
  /// It is called on the thread that evaluates, with rising users. A higher score is better; equal
  /// scores keep the retriever's order. A score of minus infinity comes last and stays in the list.
  package let scores: ([UserIndex], Ragged<ItemIndex>) throws -> [Float]

  /// Creates a ranking from a closure.
  package init(
    dependsOnList: Bool = false,
    scores: @escaping ([UserIndex], Ragged<ItemIndex>) throws -> [Float]
  ) {
    self.dependsOnList = dependsOnList
    self.scores = scores
  }
}

extension CandidateRanking {
  /// Returns the order of each user's candidates, the best first, as positions in the user's row.
  ///
  /// `lists` are the candidates of the users, the retriever's best first. Items that the retriever
  /// cannot place stay last, whatever their scores.
  func order(
    _ lists: TopLists, of users: ArraySlice<UserIndex>, placed: PlacedItems
  ) throws -> Ragged<Int32> {
    var order: [Int32] = []
    order.reserveCapacity(lists.items.count)
    var keys: [UInt64] = []
    var first = 0
    while first < users.count {
      var last = first + 1
      while last < users.count, lists.offsets[last + 1] - lists.offsets[first] <= Self.largestCall {
        last += 1
      }
      let base = lists.offsets[first]
      let asked = Array(users.dropFirst(first).prefix(last - first))
      let candidates = Ragged(
        values: lists.items[base..<lists.offsets[last]].map { ItemIndex(Int($0)) },
        offsets: lists.offsets[first...last].map { $0 - base })
      let scores = try scores(asked, candidates)
      if scores.count != candidates.values.count {
        fatalError(
          "evaluate: \(scores.count) scores of a ranker for \(candidates.values.count) candidates")
      }
      for (row, user) in asked.enumerated() {
        let row = candidates.offsets[row]..<candidates.offsets[row + 1]
        if scores[row].contains(where: \.isNaN) {
          throw EvaluationError.notANumber("for a candidate of user \(user.position)")
        }
        keys.removeAll(keepingCapacity: true)
        for (place, at) in row.enumerated() {
          let score = placed.contains(candidates.values[at]) ? scores[at] : -.infinity
          keys.append(TopK.key(score, place))
        }
        keys.sort(by: >)
        for key in keys { order.append(Int32(truncatingIfNeeded: TopK.index(key))) }
      }
      first = last
    }
    return Ragged(values: order, offsets: lists.offsets)
  }
}
