import CorralBaselines
import CorralData
import CorralIndex
import CorralModels

/// What somebody asks a model for, as it was written on the command line.
struct Request {
  /// The identifier of a user.
  var user: String?
  /// What the user has met, oldest first; `nil` stands for what the model has saved.
  var history: [WrittenID]?
  /// What is around the request: `tab=1`, each name once.
  var context: [String] = []
}

/// A request in the terms of a model.
struct ModelRequest {
  /// What the model is asked.
  var query: Query
  /// Whom the answer is for, in words: `user 7`.
  var who: String
  /// Why the model's own scores cannot answer, and what is popular does; `nil` where they can.
  var fallback: String?
  /// What the answer rests on.
  var notes: [String] = []
  /// What was ignored.
  var warnings: [String] = []
}

extension OpenedModel {
  /// The request with the positions that the model gives users, items and contexts.
  ///
  /// A given history takes the place of the saved one, in the scores and in what counts as met. An
  /// unknown user with a history is asked for by the history, and one without by popularity. Throws
  /// `InputError` when none of the history's items is known and for context that the model cannot
  /// read.
  func resolved(_ request: Request) throws -> ModelRequest {
    var resolved = ModelRequest(query: Query(), who: "")
    resolved.query.context = try context(request.context, in: &resolved)
    if let history = request.history {
      resolved.query.history = try items(of: history, in: &resolved)
    }
    resolved.who = "a history of \(Format.counted(resolved.query.history.count, "item"))"
    if let user = request.user {
      resolved.who = "user \(user.shown)"
      try resolve(user, hasHistory: request.history != nil, in: &resolved)
    } else if resolved.query.history.isEmpty {
      resolved.fallback = "the history is empty"
    }
    return resolved
  }

  private func resolve(_ user: String, hasHistory: Bool, in request: inout ModelRequest) throws {
    if let position = users.position(of: WrittenID(user)) {
      request.query.user = UserIndex(position)
      let saved = histories[position]
      if hasHistory {
        request.notes.append(
          "a history of \(Format.counted(request.query.history.count, "item")) in place of the "
            + "\(saved.count) saved for this user; "
            + scoredBy.meaningOfHistory(retriever: settings.retriever.name))
      } else {
        request.query.history = Array(saved)
      }
      if request.query.history.isEmpty, scoredBy == .history {
        request.fallback = "the history is empty"
      }
      return
    }
    if user.hasPrefix("--") {
      throw InputError.options(
        "no user '\(user.shown)' in this model: what follows --user is taken for the id")
    }
    let meant = nearest(to: user, among: users).map { ", did you mean '\($0)'?" } ?? ""
    let unknown = "no user '\(user.shown)' in this model\(meant)"
    if request.query.history.isEmpty {
      request.fallback = unknown
    } else {
      request.warnings.append("\(unknown): the history alone answers")
    }
  }

  /// The item that was written; throws `InputError.unknownItems` with the nearest identifier.
  func item(_ id: WrittenID) throws -> ItemIndex {
    guard let position = items.position(of: id) else { throw unknown([id]) }
    return ItemIndex(position)
  }

  /// The known items of a history; what is not known is noted, unless nothing is known.
  private func items(of history: [WrittenID], in request: inout ModelRequest) throws -> [ItemIndex]
  {
    var unknown: [WrittenID] = []
    var known: [ItemIndex] = []
    for id in history {
      if let position = items.position(of: id) {
        known.append(ItemIndex(position))
      } else {
        unknown.append(id)
      }
    }
    if known.isEmpty, !unknown.isEmpty { throw self.unknown(unknown) }
    if !unknown.isEmpty {
      request.warnings.append(
        "not in this model, so ignored: \(Self.listed(unknown.map(\.text.shown)))")
    }
    return known
  }

  private func unknown(_ ids: [WrittenID]) -> InputError {
    let first = ids.first?.text ?? ""
    let nearest = nearest(to: first, among: items)
    guard ids.count > 1 else { return .unknownItems([first.shown], nearest: nearest) }
    let joined = items.position(of: WrittenID(ids.map(\.text).joined(separator: ",")))
    return .other(
      "none of the \(ids.count) items of the history is in this model: "
        + Self.listed(ids.map { "'\($0.text.shown)'" })
        + (joined != nil
          ? "; together they are one id: give it with --met"
          : nearest.map { "; did you mean '\($0)'?" } ?? ""))
  }

  /// The first few of some texts, and how many more there are.
  private static func listed(_ texts: [String]) -> String {
    let more = texts.count - 5
    return texts.prefix(5).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}

extension OpenedModel {
  /// The context of a request, one row.
  private func context(_ entries: [String], in request: inout ModelRequest) throws -> ContextTable {
    let known = ranker?.catalogue.context ?? ContextTable()
    if entries.isEmpty {
      if !known.isEmpty {
        request.notes.append(
          "the ranker also reads \(known.columns.map(\.name).joined(separator: ", ")), unknown here; "
            + "give it with --context NAME=VALUE")
      }
      return ContextTable()
    }
    guard !known.isEmpty else {
      throw InputError.options(
        "--context: \(path) reads no context; name its columns with data.context and train a ranker"
      )
    }
    var row: [String: String] = [:]
    for entry in entries {
      let (name, value) = try Self.named(entry, among: known)
      guard row.updateValue(value, forKey: name) == nil else {
        throw InputError.options("--context \(name) is given twice")
      }
    }
    let encoded = try known.encoded([row])
    for column in encoded.columns {
      if case .categories(let positions, _) = column.values, positions.first == -1,
        let value = row[column.name]
      {
        request.warnings.append(
          "training met no \(column.name) '\(value.shown)': it counts as unknown")
      }
    }
    return encoded
  }

  /// The name and the value of `NAME=VALUE`: the longest known name, since a name may hold `=`.
  private static func named(
    _ entry: String, among known: ContextTable
  ) throws -> (name: String, value: String) {
    let names = known.columns.map(\.name)
    let name = names.filter { entry.utf8.starts(with: Array("\($0)=".utf8)) }
      .max { $0.utf8.count < $1.utf8.count }
    guard let name else {
      throw InputError.options(
        "--context \(entry.shown) names no context of this model; write NAME=VALUE, where NAME is "
          + (names.count > 1 ? "one of " : "") + names.joined(separator: ", "))
    }
    return (name, String(decoding: entry.utf8.dropFirst(name.utf8.count + 1), as: UTF8.self))
  }
}

extension OpenedModel {
  /// How often each item occurs in the saved histories; a popularity model counted by itself.
  ///
  /// One pass over the histories.
  var popularity: Popularity {
    if case .popularity(let model) = model { return model }
    var counts = [Int](repeating: 0, count: items.count)
    for item in histories.values { counts[item.position] += 1 }
    return Popularity(counts: counts)
  }
}

extension Vocabulary {
  /// The position of an identifier as somebody wrote it: of its first reading that is known.
  func position(of written: WrittenID) -> Int? {
    written.readings.lazy.compactMap { position(of: $0) }.first
  }
}

extension String {
  /// The text as messages and headings show it: cut short where it would fill the screen.
  var shown: String { displayWidth <= 60 ? self : fitted(to: 60) }
}
