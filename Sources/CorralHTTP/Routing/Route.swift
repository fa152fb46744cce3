package import CorralService
package import HTTPTypes
package import Hummingbird

/// One thing that the server can be asked: where, by whom, with what, and what comes back.
///
/// The table of routes is what the server dispatches by and what the OpenAPI document is written
/// from.
package struct Route: Sendable {
  /// What is done to what the path names.
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  /// What a key must allow.
  package enum Scope: String, Sendable, Comparable, CaseIterable {
    case read, write, admin

    /// How much it allows.
    private var level: Int {
      switch self {
      case .read: 0
      case .write: 1
      case .admin: 2
      }
    }

    package static func < (left: Scope, right: Scope) -> Bool {
      left.level < right.level
    }
  }

  /// A value of the path or the query.
  package struct Parameter: Sendable {
    package let name: String
    package let schema: Schema
    package let isRequired: Bool
    /// Whether its text is JSON.
    package var isJSON = false
    package let text: String

    /// A value that may be left out of the query.
    package static func query(_ name: String, _ schema: Schema, _ text: String) -> Parameter {
      Parameter(name: name, schema: schema, isRequired: false, text: text)
    }

    /// A value of the query that is written as JSON.
    package static func json(_ name: String, _ schema: Schema, _ text: String) -> Parameter {
      Parameter(name: name, schema: schema, isRequired: false, isJSON: true, text: text)
    }

    /// A value of the query that must be there.
    package static func needed(_ name: String, _ schema: Schema, _ text: String) -> Parameter {
      Parameter(name: name, schema: schema, isRequired: true, text: text)
    }
  }

  /// What a body may hold.
  package struct Body: Sendable {
    package let schema: Schema
    package var isRequired = true
  }

  /// What an answer may be.
  package struct Outcome: Sendable {
    package let status: Int
    package let text: String
    package var type = "application/json"
    /// The schema of a JSON answer.
    package var schema: Schema?

    /// An answer in JSON.
    package static func json(_ schema: Schema, _ text: String, status: Int = 200) -> Outcome {
      Outcome(status: status, text: text, schema: schema)
    }
  }

  package typealias Handler = @Sendable (Call) async throws -> Reply

  package let method: Method
  /// The path with names in braces: `/v1/users/{id}`.
  package let path: String
  /// What it is for, in one line.
  package let summary: String
  /// The group under which the document lists it.
  package var tag = "v1"
  /// What the key must allow; `nil` for what anybody may ask.
  package var scope: Scope? = .read
  /// The values of the path, in its order.
  package var names: [Parameter] = []
  package var query: [Parameter] = []
  package var body: Body?
  package let outcome: Outcome
  /// The statuses besides those that follow from the rest of the route.
  package var others: [Int: String] = [:]
  /// Whether the document tells of it.
  package var isDocumented = true
  package let handle: Handler

  /// The statuses of problems that can occur, with what they mean.
  package var problems: [Int: String] {
    var problems = others
    if !names.isEmpty || !query.isEmpty || body != nil {
      problems[400] = "A part of the request is malformed: `field` says which."
      problems[422] = "It is well formed, but names what is not here: `field` says which part."
    }
    if scope != nil {
      problems[401] = "The key is missing or unknown."
      problems[403] = "The key does not allow this."
      problems[421] = "There are no keys, and `Host` names another machine than this one."
      problems[429] = "Too many requests: `Retry-After` says when to try again."
      problems[503] = "Too much waits, or the store cannot be used: try again later."
    }
    if body != nil {
      problems[408] = "The body did not arrive in time."
      problems[413] = "The body is too large."
      problems[415] = "The body is not JSON."
    }
    return problems
  }
}

/// One request of a route, with its values checked.
package struct Call: Sendable {
  package let service: RecommendationService
  /// The state of the server itself.
  package let host: Host
  /// The values of the path, in its order.
  package let names: [String]
  /// The values of the query that were given.
  package let query: [JSON.Member]
  /// The body; `nil` where there is none.
  package let body: JSON?
  package let headers: HTTPFields
  /// What the key of the request allows.
  package let scope: Route.Scope

  /// A value of the query.
  package subscript(name: String) -> JSON? { query.first { $0.name == name }?.value }

  /// A whole number of the query, or its default.
  package func integer(_ name: String, or otherwise: Int) -> Int {
    self[name]?.integer ?? otherwise
  }
}

/// What a handler answers.
package struct Reply: Sendable {
  package var status = 200
  package var type = "application/json"
  package var body: ByteBuffer
  package var headers: [(HTTPField.Name, String)] = []

  /// An answer in JSON, which a closure writes.
  package static func json(
    status: Int = 200, capacity: Int = 1024, _ write: (inout JSONWriter) throws -> Void
  ) rethrows -> Reply {
    var writer = JSONWriter(capacity: capacity)
    try write(&writer)
    return Reply(status: status, body: writer.buffer)
  }
}
