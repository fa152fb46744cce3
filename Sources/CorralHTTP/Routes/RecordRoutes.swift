import CorralService
import CorralStore

/// Routes for what is known of items and users.
enum RecordRoutes {
  static let all = [
    items, postItems, item, putItem, patchItem, deleteItem, users, postUsers, user, putUser,
    patchUser, deleteUser,
  ]

  private static let after = Route.Parameter.query(
    "after", RequestSchema.id, "The id after which to begin.")
  private static let noItem = [404: "There is no such item."]
  private static let noUser = [404: "There is no such user."]

  private static let items = Route(
    method: .get, path: "/v1/items", summary: "Items in the order of their ids.",
    query: [after, Parameters.limit], outcome: .json(AnswerSchema.itemPage, "A page of items.")
  ) { call in
    let limit = call.integer("limit", or: 100)
    let items = try await call.service.items(after: call["after"]?.text, limit: limit)
    return .json { writer in
      writer.object { writer in
        writer.name("items")
        writer.array { writer in for item in items { writer.item(item) } }
        if items.count == limit { writer.field("next", items.last?.id) }
      }
    }
  }

  private static let postItems = Route(
    method: .post, path: "/v1/items", summary: "Makes or replaces items: one or many.",
    scope: .write, body: .init(schema: RequestSchema.items),
    outcome: .json(AnswerSchema.written, "The items are stored.")
  ) { call in
    let body = call.body ?? .null
    let items = (body.elements ?? [body]).map { ItemRecord($0) }
    try await call.service.put(items)
    return written(items.count)
  }

  private static let item = Route(
    method: .get, path: "/v1/items/{id}", summary: "What is known of an item.",
    names: [Parameters.item], outcome: .json(AnswerSchema.itemRecord, "The item."), others: noItem
  ) { call in
    let item = try known(call.service.item(call.names[0]), "item", call.names[0])
    return .json { $0.item(item) }
  }

  private static let putItem = Route(
    method: .put, path: "/v1/items/{id}", summary: "Makes or replaces an item.", scope: .write,
    names: [Parameters.item], body: .init(schema: RequestSchema.itemFieldsOnly),
    outcome: .json(AnswerSchema.itemRecord, "The item is stored.")
  ) { call in
    let item = ItemRecord(try body(of: call), id: call.names[0])
    try await call.service.put([item])
    return .json { $0.item(item) }
  }

  private static let patchItem = Route(
    method: .patch, path: "/v1/items/{id}",
    summary: "Changes what the body names of an item: to hide it, say.", scope: .write,
    names: [Parameters.item], body: .init(schema: RequestSchema.itemFieldsOnly),
    outcome: .json(AnswerSchema.itemRecord, "The item is stored."), others: noItem
  ) { call in
    let body = try body(of: call)
    var item = try known(call.service.item(call.names[0]), "item", call.names[0])
    item.change(by: body)
    try await call.service.put([item])
    return .json { $0.item(item) }
  }

  private static let deleteItem = Route(
    method: .delete, path: "/v1/items/{id}", summary: "Takes an item out of the service.",
    scope: .write, names: [Parameters.item],
    outcome: .json(AnswerSchema.written, "The item is gone."), others: noItem
  ) { call in
    guard try await call.service.deleteItem(call.names[0]) else {
      throw Problem.notFound("there is no item '\(call.names[0])'", field: "id")
    }
    return written(1)
  }

  private static let users = Route(
    method: .get, path: "/v1/users", summary: "Users in the order of their ids.",
    query: [after, Parameters.limit], outcome: .json(AnswerSchema.userPage, "A page of users.")
  ) { call in
    let limit = call.integer("limit", or: 100)
    let users = try await call.service.users(after: call["after"]?.text, limit: limit)
    return .json { writer in
      writer.object { writer in
        writer.name("users")
        writer.array { writer in for user in users { writer.user(user) } }
        if users.count == limit { writer.field("next", users.last?.id) }
      }
    }
  }

  private static let postUsers = Route(
    method: .post, path: "/v1/users", summary: "Makes or replaces users: one or many.",
    scope: .write, body: .init(schema: RequestSchema.users),
    outcome: .json(AnswerSchema.written, "The users are stored.")
  ) { call in
    let body = call.body ?? .null
    let users = (body.elements ?? [body]).map { UserRecord($0) }
    try await call.service.put(users)
    return written(users.count)
  }

  private static let user = Route(
    method: .get, path: "/v1/users/{id}", summary: "What is known of a user.",
    names: [Parameters.user], outcome: .json(AnswerSchema.userRecord, "The user."), others: noUser
  ) { call in
    let user = try await known(call.service.user(call.names[0]), "user", call.names[0])
    return .json { $0.user(user) }
  }

  private static let putUser = Route(
    method: .put, path: "/v1/users/{id}", summary: "Makes or replaces a user.", scope: .write,
    names: [Parameters.user], body: .init(schema: RequestSchema.userFieldsOnly),
    outcome: .json(AnswerSchema.userRecord, "The user is stored.")
  ) { call in
    let user = UserRecord(try body(of: call), id: call.names[0])
    try await call.service.put([user])
    return .json { $0.user(user) }
  }

  private static let patchUser = Route(
    method: .patch, path: "/v1/users/{id}", summary: "Changes what the body names of a user.",
    scope: .write, names: [Parameters.user], body: .init(schema: RequestSchema.userFieldsOnly),
    outcome: .json(AnswerSchema.userRecord, "The user is stored."), others: noUser
  ) { call in
    let body = try body(of: call)
    var user = try await known(call.service.user(call.names[0]), "user", call.names[0])
    user.change(by: body)
    try await call.service.put([user])
    return .json { $0.user(user) }
  }

  private static let deleteUser = Route(
    method: .delete, path: "/v1/users/{id}",
    summary: "Forgets a person entirely: events, exposures, record, and saved history.",
    scope: .write, names: [Parameters.user],
    outcome: .json(AnswerSchema.written, "Nothing of the user is left."), others: noUser
  ) { call in
    guard try await call.service.forget(call.names[0]) else {
      throw Problem.notFound("there is no user '\(call.names[0])'", field: "id")
    }
    return written(1)
  }

  /// The body, whose id may not be another than the path's.
  private static func body(of call: Call) throws -> JSON {
    let body = call.body ?? .null
    if let id = body["id"]?.text, id != call.names[0] {
      throw Problem.unusable("id", "is another than the path's")
    }
    return body
  }

  private static func known<Record>(_ record: Record?, _ kind: String, _ id: String) throws
    -> Record
  {
    guard let record else { throw Problem.notFound("there is no \(kind) '\(id)'", field: "id") }
    return record
  }

  private static func written(_ count: Int) -> Reply {
    .json { writer in writer.object { $0.field("count", count) } }
  }
}
