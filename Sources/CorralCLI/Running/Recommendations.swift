import CorralData
import CorralEvaluation
import CorralIndex
import CorralVectors
import Foundation

/// What a model found for one query, with the names that people read.
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
    let score: Float
    /// What decided the item's place: `retriever` or `ranker`.
    let stage: String
    /// The nearest items of the history, the nearest first; only where an explanation was asked for.
    let because: [Reason]?

    private enum CodingKeys: CodingKey { case id, title, score, stage, because }
  }

  let items: [Item]
  /// How long encoding the query and searching took.
  let milliseconds: Double

  /// A row for each item, with what it is near to where that was asked for.
  func table(explained: Bool) -> Table {
    var table = Table(
      [("", .right), ("item", .left), ("title", .left), ("score", .right)]
        + (explained ? [("because of", .left)] : []), widest: 50)
    for (place, item) in items.enumerated() {
      let reasons = (item.because ?? []).map {
        "\($0.title ?? $0.id) (\(String(format: "%.2f", $0.similarity)))"
      }
      table.add(
        ["\(place + 1)", item.id, item.title ?? "", String(format: "%.4f", item.score)]
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
    guard count <= items.count else { throw InputError.tooMany(count: count, items: items.count) }
    let seen = includingSeen ? [] : Set(query.history)
    let vectors = model.itemVectors()
    let find = try finder(over: vectors)
    let space = explained ? ItemSpace(model.similarityVectors()) : nil
    let start = ContinuousClock.now
    let asked = ranker == nil ? count : max(count, min(settings.evaluate.candidates, items.count))
    var found = try find(query, asked) { !seen.contains($0) }
    if let ranker { found = try found.ranked(by: ranker, for: query, count: count) }
    let milliseconds = (ContinuousClock.now - start).inSeconds * 1e3
    return Recommendations(
      items: found.map { candidate in
        Recommendations.Item(
          id: items[candidate.item.position], title: title(candidate.item), score: candidate.score,
          stage: ranker == nil ? "retriever" : "ranker",
          because: space.map { reasons(for: candidate.item, in: query.history, by: $0) })
      }, milliseconds: milliseconds)
  }

  /// The items of a history whose vectors are nearest to an item's.
  private func reasons(
    for item: ItemIndex, in history: [ItemIndex], by space: ItemSpace
  ) -> [Recommendations.Item.Reason] {
    var met: Set<ItemIndex> = [item]
    return history.filter { met.insert($0).inserted }
      .map { (item: $0, similarity: space.similarity(item, $0)) }
      .sorted { $0.similarity > $1.similarity }.prefix(3)
      .map { item, similarity in
        .init(id: items[item.position], title: title(item), similarity: similarity)
      }
  }
}

extension [Candidate] {
  /// The best of these candidates by a ranker's scores; equal ones stay in the retriever's order.
  fileprivate func ranked(
    by ranker: some CandidateScorer, for query: Query, count: Int
  ) throws -> [Candidate] {
    let scores = try ranker.scores(map(\.item), for: query)
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    return order.prefix(count).map { Candidate(item: self[$0].item, score: scores[$0]) }
  }
}
