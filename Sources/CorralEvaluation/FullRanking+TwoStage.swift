import CorralData
import CorralVectors
import Foundation

extension FullRanking {
  /// Measures a retriever and a ranker after it, on the same users: retrieve, rank again, cut.
  ///
  /// The retriever finds as many items as the largest number of candidates asks for, once, seen
  /// items masked; the ranker scores each of them once, unless its scores depend on the list. For
  /// each number K of candidates the first K are ordered by the ranker's scores, equal scores in the
  /// retriever's order, items that the retriever cannot place last. Nothing comes after them: what the
  /// retriever did not find is lost, so that two-stage recall@K is the retriever's recall@K exactly.
  ///
  /// Memory beyond that of evaluating the retriever: the candidates of one block of users, and 4
  /// bytes a target, user and cut-off for each K.
  ///
  /// - Parameters:
  ///   - retriever: the first stage.
  ///   - ranker: the second stage.
  ///   - candidates: how many items the ranker is given; `nil` is the settings' number.
  ///   - sweep: other numbers of them to measure as well; `nil` is the settings' sweep.
  /// - Returns: both stages, with the ranker over each number of candidates.
  /// - Throws: what the closures throw, `EvaluationError.notANumber`, or
  ///   `SettingError` for more candidates than there are items.
  package func evaluate(
    _ retriever: Scoring, then ranker: CandidateRanking, candidates: Int? = nil,
    sweep: [Int]? = nil
  ) throws -> TwoStageEvaluation {
    let candidates = candidates ?? settings.candidates
    let counts = Set([candidates] + (sweep ?? settings.sweep)).sorted()
    for count in counts where count < 1 || count > itemCount {
      throw SettingError(
        count == candidates ? "evaluate.candidates" : "evaluate.sweep", count,
        "the ranker is given 1 to \(itemCount) candidates, because the catalogue has \(itemCount)"
          + " items")
    }
    let start = ContinuousClock.now
    var ranking = Duration.zero
    var first = RankTally(self, cutoffs: cutoffs(upTo: itemCount, and: candidates))
    var second = counts.map { RankTally(self, cutoffs: cutoffs(upTo: $0, and: $0)) }
    let depth = max(counts.last ?? 0, first.depth)
    try eachBlock(of: retriever, depth: depth) { block, lists in
      first.note(lists, of: block, in: self)
      let began = ContinuousClock.now
      var longest: Ragged<Int32>?
      // The largest number first: its scores are those of all others.
      for at in counts.indices.reversed() {
        let prefixes = lists.prefixes(counts[at])
        let order: Ragged<Int32>
        if let longest, !ranker.dependsOnList {
          order = longest.below(Int32(counts[at]))
        } else {
          order = try ranker.order(prefixes, of: users[block], placed: retriever.placed)
          longest = order
        }
        second[at].note(prefixes.reordered(order), of: block, in: self)
      }
      ranking += ContinuousClock.now - began
    }
    let all = (ContinuousClock.now - start).inSeconds
    let rankingSeconds = ranking.inSeconds
    let cuts = zip(counts, second).map { count, tally in
      TwoStageEvaluation.Cut(
        candidates: count, evaluation: tally.evaluation(of: self, seconds: all))
    }
    return TwoStageEvaluation(
      retriever: first.evaluation(of: self, seconds: all - rankingSeconds), candidates: candidates,
      cuts: cuts, rankingSeconds: rankingSeconds)
  }

  /// The cut-offs of the settings up to a bound, and one more.
  private func cutoffs(upTo bound: Int, and other: Int) -> [Int] {
    let cutoffs = settings.cutoffs.filter { $0 <= bound }
    return cutoffs.contains(other) ? cutoffs : cutoffs + [other]
  }
}

extension TopLists {
  /// The first items of each list.
  func prefixes(_ count: Int) -> TopLists {
    var items: [Int32] = []
    var offsets = [0]
    for user in 0..<self.offsets.count - 1 {
      items += self[user].prefix(count)
      offsets.append(items.count)
    }
    return TopLists(items: items, offsets: offsets)
  }

  /// The lists in another order: row by row the places of their items.
  func reordered(_ order: Ragged<Int32>) -> TopLists {
    var items: [Int32] = []
    items.reserveCapacity(self.items.count)
    for user in 0..<order.count {
      let first = offsets[user]
      for place in order[user] { items.append(self.items[first + Int(place)]) }
    }
    return TopLists(items: items, offsets: offsets)
  }
}

extension Ragged<Int32> {
  /// The places of each row that are below a bound, in their order.
  fileprivate func below(_ bound: Int32) -> Ragged<Int32> {
    var places: [Int32] = []
    places.reserveCapacity(count * Int(bound))
    var offsets = [0]
    for row in 0..<count {
      for place in self[row] where place < bound { places.append(place) }
      offsets.append(places.count)
    }
    return Ragged(values: places, offsets: offsets)
  }
}
