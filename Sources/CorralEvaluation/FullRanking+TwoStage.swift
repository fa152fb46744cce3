import CorralData
import CorralVectors
import Foundation

extension FullRanking {
  /// Measures a retriever followed by a ranker, on the same users.
  ///
  /// The retriever finds the largest number of candidates once, with seen items masked. The ranker
  /// scores each candidate once, unless its scores depend on the list. For each number K the first
  /// K candidates are sorted by the ranker's scores; equal scores keep the retriever's order, and
  /// items that the retriever cannot place come last. No other items follow, so that two-stage
  /// recall@K equals the retriever's recall@K.
  ///
  /// In addition to evaluating the retriever, memory holds the candidates of one block of users,
  /// and 4 bytes per target, user and cut-off for each K.
  ///
  /// - Parameters:
  ///   - retriever: the first stage.
  ///   - ranker: the second stage.
  ///   - candidates: the number of candidates; `nil` takes it from the settings.
  ///   - sweep: further numbers of candidates; `nil` takes them from the settings.
  ///   - measuring: what the lists of both stages are measured by.
  /// - Returns: both stages, with the ranker at each number of candidates.
  /// - Throws: what the closures throw, `EvaluationError.notANumber`, or `SettingError` for more
  ///   candidates than there are items.
  package func evaluate(
    _ retriever: Scoring, then ranker: CandidateRanking, candidates: Int? = nil,
    sweep: [Int]? = nil, lists measuring: ListMeasuring? = nil
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
    var first = tally(cutoffs: cutoffs(upTo: itemCount, and: candidates), measuring)
    var second = counts.map { tally(cutoffs: cutoffs(upTo: $0, and: $0), measuring) }
    let depth = max(counts.last ?? 0, first.depth)
    try eachBlock(of: retriever, depth: depth) { block, lists in
      first.note(lists, of: block, in: self)
      let began = ContinuousClock.now
      var longest: Ragged<Int32>?
      // The scores of the largest number include those of all others.
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

  /// Returns the cut-offs of the settings up to a bound, and one more.
  private func cutoffs(upTo bound: Int, and other: Int) -> [Int] {
    let cutoffs = settings.cutoffs.filter { $0 <= bound }
    return cutoffs.contains(other) ? cutoffs : cutoffs + [other]
  }
}

extension TopLists {
  /// Returns the first items of each list.
  func prefixes(_ count: Int) -> TopLists {
    var items: [Int32] = []
    var offsets = [0]
    for user in 0..<self.offsets.count - 1 {
      items += self[user].prefix(count)
      offsets.append(items.count)
    }
    return TopLists(items: items, offsets: offsets)
  }

  /// Reorders the lists; `order` holds the places of the items of each row.
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
  /// Returns the places of each row below a bound, in their order.
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
