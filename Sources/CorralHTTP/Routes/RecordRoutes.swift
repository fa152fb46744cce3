import CorralStore

/// Routes for what is known of items and users.
enum RecordRoutes {
  static let all = ItemRecord.routes + UserRecord.routes

  fileprivate static let after = Route.Parameter.query(
    "after", RequestSchema.id, "The id after which to begin.")
}

/// A record as `/v1` reads and writes it.
protocol WireRecord: ServedRecord {
  static var shapes: RecordShapes { get }

  /// Replaces what a body names.
  mutating func change(by json: JSON)
  /// Writes what is known.
  func write(to writer: inout JSONWriter)
}

/// The schemas of a sort of records.
struct RecordShapes: Sendable {
  /// One record or many, as they are sent.
  let sent: Schema
  /// A record whose id stands in the path, as it is sent.
  let fields: Schema
  /// A record, as it is answered.
  let known: Schema
  /// A page of records.
  let page: Schema
}

extension WireRecord {
  /// The record that a body holds; its id may stand in the path.
  init(_ json: JSON, id: String? = nil) {
    self.init(id: id ?? json["id"]?.text ?? "")
    change(by: json)
  }

  fileprivate static var routes: [Route] {
    [pageRoute, postRoute, getRoute, putRoute, patchRoute, deleteRoute]
  }

  private static var path: String { "/v1/\(words.many)/{id}" }
  private static var names: [Route.Parameter] {
    [Parameters.id("id", "The id of the \(words.one).")]
  }
  private static var stored: Route.Outcome {
    .json(shapes.known, "The \(words.one) is stored.")
  }

  private static var pageRoute: Route {
    Route(
      method: .get, path: "/v1/\(words.many)", summary: "\(words.title) in the order of their ids.",
      query: [RecordRoutes.after, Parameters.limit],
      outcome: .json(shapes.page, "A page of \(words.many).")
    ) { call in
      let limit = call.integer("limit", or: 100)
      let records = try await page(of: call.service, after: call["after"]?.text, limit: limit)
      return .json { writer in
        writer.object { writer in
          writer.name(words.many)
          writer.array { writer in for record in records { record.write(to: &writer) } }
          if records.count == limit { writer.field("next", records.last?.id) }
        }
      }
    }
  }

  private static var postRoute: Route {
    Route(
      method: .post, path: "/v1/\(words.many)",
      summary: "Makes or replaces \(words.many): one or many.", scope: .write,
      body: .init(schema: shapes.sent),
      outcome: .json(AnswerSchema.written, "The \(words.many) are stored.")
    ) { call in
      let body = call.body ?? .null
      let records = (body.elements ?? [body]).map { Self($0) }
      try await put(records, into: call.service)
      return written(records.count)
    }
  }

  private static var getRoute: Route {
    Route(
      method: .get, path: path, summary: "What is known of \(words.any).", names: names,
      outcome: .json(shapes.known, "The \(words.one)."), others: words.missing
    ) { call in
      let record = try await found(call)
      return .json { record.write(to: &$0) }
    }
  }

  private static var putRoute: Route {
    Route(
      method: .put, path: path, summary: "Makes or replaces \(words.any).", scope: .write,
      names: names, body: .init(schema: shapes.fields), outcome: stored
    ) { call in
      let record = Self(try body(of: call), id: call.names[0])
      try await put([record], into: call.service)
      return .json { record.write(to: &$0) }
    }
  }

  private static var patchRoute: Route {
    Route(
      method: .patch, path: path, summary: "Changes what the body names of \(words.any).",
      scope: .write, names: names, body: .init(schema: shapes.fields), outcome: stored,
      others: words.missing
    ) { call in
      let body = try body(of: call)
      var record = try await found(call)
      record.change(by: body)
      try await put([record], into: call.service)
      return .json { [record] in record.write(to: &$0) }
    }
  }

  private static var deleteRoute: Route {
    Route(
      method: .delete, path: path, summary: words.deletion, scope: .write, names: names,
      outcome: .json(AnswerSchema.written, words.deleted), others: words.missing
    ) { call in
      guard try await delete(call.names[0], from: call.service) else {
        throw words.unknown(call.names[0], field: "id")
      }
      return written(1)
    }
  }

  /// The body, whose id may not be another than the path's.
  private static func body(of call: Call) throws -> JSON {
    let body = call.body ?? .null
    if let id = body["id"]?.text, id != call.names[0] {
      throw Problem.unusable("id", "is another than the path's")
    }
    return body
  }

  private static func found(_ call: Call) async throws -> Self {
    guard let record = try await known(call.names[0], to: call.service) else {
      throw words.unknown(call.names[0], field: "id")
    }
    return record
  }

  private static func written(_ count: Int) -> Reply {
    .json { writer in writer.object { $0.field("count", count) } }
  }
}
