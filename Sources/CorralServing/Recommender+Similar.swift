import CorralData
import CorralIndex
import CorralVectors

extension Recommender {
  /// Whether the model has vectors of items to compare; popularity has none.
  public var hasItemVectors: Bool { retriever.similarity != nil }

  /// The items whose vectors are nearest to an item's by cosine, the nearest first.
  ///
  /// The list is shorter where training learned nothing of other items, and empty where it learned
  /// nothing of this one. Looks at every item.
  ///
  /// - Throws: `ServingError` for an unknown item, a count that the catalogue cannot fill, or a model
  ///   without vectors of items.
  public func similar(
    to item: String, count: Int = 10, allowed: ItemSet? = nil
  ) throws -> [Recommendations.Item] {
    guard let similarity = retriever.similarity else {
      throw ServingError.noItemVectors(kind: kind)
    }
    guard let position = items.position(of: item) else { throw unknownItems([item]) }
    guard (0...items.count).contains(count) else {
      throw ServingError.badCount(count, items: items.count - 1)
    }
    let item = ItemIndex(position)
    guard similarity.knows(item) else { return [] }
    return similarity.nearest(to: item, count: count) { allowed?.contains($0) ?? true }
      .map { found in
        Recommendations.Item(
          id: items[found.index], title: title(of: ItemIndex(found.index)), score: found.score,
          stage: .retriever, because: nil, cluster: nil)
      }
  }

  /// The scores of given items for a request, in their order: the ranker's if there is one.
  ///
  /// A score is `nil` for an item that the model cannot place, and for all items where the model's
  /// scores say nothing about the request.
  ///
  /// - Throws: `ServingError` for unknown items and for a request that cannot be read.
  public func score(_ ids: [String], for request: Request) throws -> [Float?] {
    let unknown = ids.filter { items.position(of: $0) == nil }
    if !unknown.isEmpty { throw unknownItems(unknown) }
    let wanted = ids.compactMap { items.position(of: $0).map(ItemIndex.init) }
    let resolved = try resolved(request)
    guard resolved.fallback == nil, let encoded = try retriever.encoded([resolved.query])[0] else {
      return ids.map { _ in nil }
    }
    let retrieved = try retriever.scores(of: wanted, for: encoded)
    let candidates = zip(wanted, retrieved).map { Candidate(item: $0, score: $1) }
    let scores =
      try ranker?.scores([candidates], for: [resolved.query], placed: retriever.placed)
      ?? retrieved
    return scores.map { $0.isFinite ? $0 : nil }
  }
}
