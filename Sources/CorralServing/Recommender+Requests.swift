package import CorralData
package import CorralIndex
import CorralText

/// A request in the terms of a model.
package struct ResolvedRequest: Sendable {
  /// What the model is asked.
  package var query = Query()
  /// Why the model's scores cannot answer; `nil` where they can.
  package var fallback: Recommendations.Fallback?
  /// How much the shares of clusters matter; `nil` leaves it to the model.
  var alpha: Double?
  /// Whether reasons are asked for.
  var isExplained = false
  package var notices: [Recommendations.Notice] = []
}

extension Recommender {
  /// The request with the positions that the model gives users, items and contexts.
  ///
  /// A given history takes the place of the saved one. An unknown user with a history is asked for by
  /// the history, and one without by popularity.
  ///
  /// - Throws: `ServingError` where no item of the history is known, and for context that the model
  ///   cannot read.
  package func resolved(_ request: Request) throws -> ResolvedRequest {
    var resolved = ResolvedRequest()
    resolved.query.context = try context(request.context, notices: &resolved.notices)
    (resolved.alpha, resolved.isExplained) = (request.alpha, request.isExplained)
    if request.alpha != nil, !retriever.takesAlpha { resolved.notices.append(.ignoredAlpha) }
    if let history = request.history {
      resolved.query.history = try known(history, in: &resolved)
    }
    if let user = request.user {
      resolve(user, given: request.history != nil, in: &resolved)
    } else if resolved.query.history.isEmpty {
      resolved.fallback = .emptyHistory
    }
    return resolved
  }

  private func resolve(_ user: String, given: Bool, in request: inout ResolvedRequest) {
    guard let position = users.position(of: user) else {
      let nearest = nearest(to: user, among: users)
      if request.query.history.isEmpty {
        request.fallback = .unknownUser(user, nearest: nearest)
      } else {
        request.notices.append(.unknownUser(user, nearest: nearest))
      }
      return
    }
    request.query.user = UserIndex(position)
    let saved = histories[position]
    if given {
      request.notices.append(
        .replacesHistory(
          given: request.query.history.count, saved: saved.count, scoredBy: retriever.scoredBy))
    } else {
      request.query.history = Array(saved)
    }
    if request.query.history.isEmpty, retriever.scoredBy == .history {
      request.fallback = .emptyHistory
    }
  }

  /// The known items of a history; what is not known is noted, unless nothing is known.
  private func known(
    _ history: [String], in request: inout ResolvedRequest
  ) throws -> [ItemIndex] {
    var unknown: [String] = []
    var known: [ItemIndex] = []
    for id in history {
      if let position = items.position(of: id) {
        known.append(ItemIndex(position))
      } else {
        unknown.append(id)
      }
    }
    if known.isEmpty, !unknown.isEmpty {
      throw unknown.count == 1
        ? unknownItems(unknown)
        : ServingError.unknownHistory(unknown, nearest: nearest(to: unknown[0], among: items))
    }
    if !unknown.isEmpty { request.notices.append(.unknownHistory(unknown)) }
    return known
  }

  /// The context of a request, one row.
  package func context(
    _ given: [String: String], notices: inout [Recommendations.Notice]
  ) throws -> ContextTable {
    let known = ranker?.context ?? ContextTable()
    if given.isEmpty {
      if !known.isEmpty {
        notices.append(.missingContext(known.columns.map(\.name)))
      }
      return ContextTable()
    }
    guard !known.isEmpty else { throw ServingError.readsNoContext }
    if let name = given.keys.sorted().first(where: { known[$0] == nil }) {
      throw ServingError.unknownContext(name, known: known.columns.map(\.name))
    }
    let encoded = try known.encoded([given])
    for column in encoded.columns {
      if case .categories(let positions, _) = column.values, positions.first == -1,
        let value = given[column.name]
      {
        notices.append(.unknownContext(name: column.name, value: value))
      }
    }
    return encoded
  }

  /// The error for ids that no item has.
  func unknownItems(_ ids: [String]) -> ServingError {
    .unknownItems(ids, nearest: ids.first.flatMap { nearest(to: $0, among: items) })
  }

  /// The id that was probably meant: of the item with this title, or a near spelling in vocabularies
  /// that are small enough to look through.
  package func nearest(to id: String, among vocabulary: Vocabulary) -> String? {
    if let title = titles.firstIndex(of: id) { return items[title] }
    return vocabulary.count <= 100_000 && id.count > 3 ? id.nearest(among: vocabulary.ids) : nil
  }
}
