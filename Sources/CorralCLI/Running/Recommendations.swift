import CorralBaselines
import CorralData
import CorralEvaluation
import CorralIndex
import CorralModels
import CorralVectors
import Foundation

/// What a model found for one request, with the names that people read.
struct Recommendations {
  /// One recommended item.
  struct Item: Encodable {
    /// An item of the history that a recommendation is near to.
    struct Reason: Encodable {
      let id: String
      let title: String?
      /// The cosine between the two items' vectors.
      let similarity: Float
    }

    let id: String
    let title: String?
    /// The larger, the better; `nil` for an item that training never met and nothing places.
    let score: Float?
    /// What decided the item's place: `retriever`, `ranker` or `popular`.
    let stage: String
    /// The nearest items of the history, the nearest first; only where an explanation was asked for.
    let because: [Reason]?

    private enum CodingKeys: CodingKey { case id, title, score, stage, because }
  }

  let items: [Item]
  /// How long encoding the request and searching took.
  let milliseconds: Double
  /// Why the model's own scores did not answer, and what is popular did; `nil` where they did.
  var fallback: String?
  /// How many of the items have no score; they are the last.
  var unscored: Int { items.count { $0.score == nil } }

  /// Why there are fewer items than were asked for; `nil` where there are not.
  var shortage: String?

  /// A row for each item: its title where any has one, and what it is near to where that was asked
  /// for.
  func table(explained: Bool) -> Table {
    let hasTitles = items.contains { $0.title != nil }
    var table = Table(
      [("", .right), ("item", .left)] + (hasTitles ? [("title", .left)] : [])
        + [("score", .right)] + (explained ? [("because of", .left)] : []), widest: 50)
    for (place, item) in items.enumerated() {
      let reasons = (item.because ?? []).map {
        "\($0.title ?? $0.id) (\(String(format: "%.2f", $0.similarity)))"
      }
      table.add(
        ["\(place + 1)", item.id] + (hasTitles ? [item.title ?? ""] : [])
          + [item.score.map { String(format: "%.4f", $0) } ?? "-"]
          + (explained ? [reasons.joined(separator: ", ")] : []))
    }
    return table
  }
}

extension OpenedModel {
  /// The best items for a query, without those in its history unless they are asked for.
  func recommendations(
    for query: Query, count: Int, includingSeen: Bool = false, explained: Bool = false
  ) throws -> Recommendations {
    try recommendations(
      for: ModelRequest(query: query, who: "this request"), count: count,
      includingSeen: includingSeen, explained: explained)
  }

  /// The best items for a request, or the popular ones where the model knows nothing of it.
  func recommendations(
    for request: ModelRequest, count: Int, includingSeen: Bool, explained: Bool
  ) throws -> Recommendations {
    guard count <= items.count else { throw InputError.tooMany(count: count, items: items.count) }
    let query = request.query
    let met = Set(query.history)
    let isAllowed = { (item: ItemIndex) in includingSeen || !met.contains(item) }
    let start = ContinuousClock.now
    let own = request.fallback == nil ? try found(for: query, count: count, where: isAllowed) : nil
    let found = own ?? popular(count: count, where: isAllowed)
    let milliseconds = (ContinuousClock.now - start).inSeconds * 1e3
    let space = explained && own != nil ? itemSpace : nil
    let stage = own == nil ? "popular" : ranker == nil ? "retriever" : "ranker"
    return Recommendations(
      items: found.map { candidate in
        Recommendations.Item(
          id: items[candidate.item.position], title: title(candidate.item),
          score: candidate.score.isFinite ? candidate.score : nil, stage: stage,
          because: space.map { reasons(for: candidate.item, in: query.history, by: $0) })
      }, milliseconds: milliseconds,
      fallback: own == nil ? request.fallback ?? "the model knows nothing of \(request.who)" : nil,
      shortage: found.count < count
        ? shortage(of: found.count, met: met.count, for: request.who) : nil)
  }

  /// The vectors by which items are alike.
  var itemSpace: ItemSpace { ItemSpace(model.similarityVectors(), placed: model.placed) }

  /// The best allowed items by the model's own scores; `nil` where it knows nothing of the request.
  private func found(
    for query: Query, count: Int, where isAllowed: (ItemIndex) -> Bool
  ) throws -> [Candidate]? {
    guard try knows(query) else { return nil }
    let find = try finder(over: model.itemVectors())
    let asked = ranker == nil ? count : max(count, min(settings.evaluate.candidates, items.count))
    let found = try find(query, asked, isAllowed)
    guard let ranker else { return found }
    return try found.ranked(by: ranker, for: query, placed: model.placed, count: count)
  }

  /// Whether the model's scores say anything of a query.
  ///
  /// Scores follow from a user that the model reads, or from an item of the history that it can
  /// place; without one, a network answers with what it makes of nothing. A vector of zeros scores
  /// all items alike.
  private func knows(_ query: Query) throws -> Bool {
    if case .popularity = model { return true }
    let readsUser = query.user != nil && scoredBy != .history
    guard readsUser || query.history.contains(where: model.placed.contains) else { return false }
    // Scores that are no inner products follow from more than a vector.
    if case .network(let network) = model, !network.isInnerProduct { return true }
    do {
      return try model.encoder.vectors(for: query).values.contains { $0 != 0 }
    } catch BaselineError.unknownQuery {
      return false
    } catch ModelsError.nothingKnown {
      return false
    }
  }

  /// The items that occur most often; equal ones in the order of the catalogue.
  private func popular(count: Int, where isAllowed: (ItemIndex) -> Bool) -> [Candidate] {
    var best = TopK(count)
    for (item, occurrences) in popularity.counts.enumerated() where isAllowed(ItemIndex(item)) {
      best.insert(item, score: Float(occurrences))
    }
    return best.sorted().map { Candidate(item: ItemIndex($0.index), score: $0.score) }
  }

  /// Why fewer items were found than asked for: all that are left were.
  private func shortage(of found: Int, met: Int, for who: String) -> String {
    let all = Format.counted(items.count, "item")
    return found == 0
      ? "\(who) has met all \(all) of the catalogue; --include-seen recommends them again"
      : "only \(found) of the \(all) are left, the others were met before; --include-seen "
        + "recommends those too"
  }

  /// The items of a history whose vectors are nearest to an item's.
  private func reasons(
    for item: ItemIndex, in history: [ItemIndex], by space: ItemSpace
  ) -> [Recommendations.Item.Reason] {
    var met: Set<ItemIndex> = [item]
    guard space.knows(item) else { return [] }
    return history.filter { met.insert($0).inserted && space.knows($0) }
      .map { (item: $0, similarity: space.similarity(item, $0)) }
      // A vector that points elsewhere explains nothing.
      .filter { $0.similarity > 0 }
      .sorted { $0.similarity > $1.similarity }.prefix(3)
      .map { item, similarity in
        .init(id: items[item.position], title: title(item), similarity: similarity)
      }
  }
}

extension [Candidate] {
  /// The best of these candidates by a ranker's scores; equal ones stay in the retriever's order.
  ///
  /// Items that the retriever cannot place come last, as in evaluation.
  fileprivate func ranked(
    by ranker: some CandidateScorer, for query: Query, placed: PlacedItems, count: Int
  ) throws -> [Candidate] {
    let scores = try zip(self, ranker.scores(map(\.item), for: query)).map { candidate, score in
      placed.contains(candidate.item) ? score : -.infinity
    }
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    return order.prefix(count).map { Candidate(item: self[$0].item, score: scores[$0]) }
  }
}
