import CorralStore

/// What gorse's clients tell of items and users, and read back.
enum GorseRecordRoutes {
  static let all = ItemRecord.gorseRoutes + UserRecord.gorseRoutes

  fileprivate static let cursor = Route.Parameter.query(
    "cursor", .string(0...Limits.id.upperBound, .id), "What the page before gave as `Cursor`.")
}

/// A record as gorse's clients read and write it.
protocol GorseRecord: ServedRecord {
  static var gorse: GorseShapes { get }

  /// Replaces what a body names; `field` is where it stands.
  mutating func change(gorse json: JSON, field: String) throws
  /// Writes what is known.
  func writeGorse(to writer: inout JSONWriter)
}

/// The schemas of a sort of records, and gorse's names for them.
struct GorseShapes: Sendable {
  /// The name of the field with the id.
  let id: String
  /// The name of the field with a page's records.
  let many: String
  /// A record as it is sent.
  let sent: Schema
  /// A record of which only what changes is sent.
  let patch: Schema
  /// A record as it is answered.
  let stored: Schema
  /// A page of records.
  let page: Schema
}

extension GorseRecord {
  fileprivate static var gorseRoutes: [Route] {
    [postRoute, postManyRoute, pageRoute, getRoute, patchRoute, deleteRoute]
  }

  private static var path: String { "/api/\(words.one)/{\(words.one)-id}" }
  private static var names: [Route.Parameter] {
    [Parameters.id("\(words.one)-id", "The id of the \(words.one).")]
  }
  private static var success: Route.Outcome { .json(GorseSchema.success, "How many rows changed.") }

  private static var postRoute: Route {
    Route(
      method: .post, path: "/api/\(words.one)", summary: "Makes or replaces \(words.any).",
      tag: "gorse", scope: .write, body: .init(schema: gorse.sent), outcome: success
    ) { call in try await put([call.body ?? .null], call) }
  }

  private static var postManyRoute: Route {
    Route(
      method: .post, path: "/api/\(words.many)", summary: "Makes or replaces \(words.many).",
      tag: "gorse", scope: .write,
      body: .init(schema: .array(gorse.sent, 0...Limits.batch.upperBound)), outcome: success
    ) { call in try await put(call.body?.elements ?? [], call) }
  }

  private static func put(_ bodies: [JSON], _ call: Call) async throws -> Reply {
    let records = try bodies.enumerated().map { place, json in
      var record = Self(id: json[gorse.id]?.text ?? "")
      try record.change(gorse: json, field: bodies.count == 1 ? "" : "[\(place)].")
      return record
    }
    if !records.isEmpty { try await put(records, into: call.service) }
    return .json { $0.gorseSuccess(records.count) }
  }

  private static var pageRoute: Route {
    Route(
      method: .get, path: "/api/\(words.many)", summary: "A page of \(words.many).", tag: "gorse",
      query: [GorseAnswerRoutes.n, GorseRecordRoutes.cursor],
      outcome: .json(gorse.page, "The \(words.many).")
    ) { call in
      let count = call.integer("n", or: 10)
      let after = call["cursor"]?.text ?? ""
      let records = try await page(
        of: call.service, after: after.isEmpty ? nil : after, limit: count)
      return .json { writer in
        writer.object { writer in
          writer.field("Cursor", records.count == count ? records.last?.id ?? "" : "")
          writer.name(gorse.many)
          writer.array { writer in for record in records { record.writeGorse(to: &writer) } }
        }
      }
    }
  }

  private static var getRoute: Route {
    Route(
      method: .get, path: path, summary: "What is known of \(words.any).", tag: "gorse",
      names: names, outcome: .json(gorse.stored, "The \(words.one)."), others: words.missing
    ) { call in
      let record = try await found(call)
      return .json { record.writeGorse(to: &$0) }
    }
  }

  private static var patchRoute: Route {
    Route(
      method: .patch, path: path, summary: "Changes what the body names of \(words.any).",
      tag: "gorse", scope: .write, names: names, body: .init(schema: gorse.patch),
      outcome: success, others: words.missing
    ) { call in
      var record = try await found(call)
      try record.change(gorse: call.body ?? .null, field: "")
      try await put([record], into: call.service)
      return .json { $0.gorseSuccess(1) }
    }
  }

  private static var deleteRoute: Route {
    Route(
      method: .delete, path: path, summary: words.deletion, tag: "gorse", scope: .write,
      names: names, outcome: success
    ) { call in
      let wasKnown = try await delete(call.names[0], from: call.service)
      return .json { $0.gorseSuccess(wasKnown ? 1 : 0) }
    }
  }

  private static func found(_ call: Call) async throws -> Self {
    guard let record = try await known(call.names[0], to: call.service) else {
      throw words.unknown(call.names[0], field: "\(words.one)-id")
    }
    return record
  }
}
