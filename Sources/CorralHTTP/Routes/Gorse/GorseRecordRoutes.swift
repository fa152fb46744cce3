import CorralService
import CorralStore

/// What gorse's clients tell of items and users, and read back.
enum GorseRecordRoutes {
  static let all = [
    postItem, postItems, items, item, patchItem, deleteItem, postUser, postUsers, users, user,
    patchUser, deleteUser,
  ]

  private static let cursor = Route.Parameter.query(
    "cursor", .string(0...Limits.id.upperBound, .id), "What the page before gave as `Cursor`.")
  private static let itemID = Parameters.id("item-id", "The id of the item.")
  private static let userID = Parameters.id("user-id", "The id of the user.")
  private static let success = Route.Outcome.json(GorseSchema.success, "How many rows changed.")
  private static let noItem = [404: "There is no such item."]
  private static let noUser = [404: "There is no such user."]

  private static let postItem = Route(
    method: .post, path: "/api/item", summary: "Makes or replaces an item.", tag: "gorse",
    scope: .write, body: .init(schema: GorseSchema.item), outcome: success
  ) { call in try await put(items: [call.body ?? .null], call) }

  private static let postItems = Route(
    method: .post, path: "/api/items", summary: "Makes or replaces items.", tag: "gorse",
    scope: .write, body: .init(schema: GorseSchema.items), outcome: success
  ) { call in try await put(items: call.body?.elements ?? [], call) }

  private static func put(items: [JSON], _ call: Call) async throws -> Reply {
    let records = try items.enumerated().map { place, json in
      var record = ItemRecord(id: json["ItemId"]?.text ?? "")
      try record.change(gorse: json, field: items.count == 1 ? "" : "[\(place)].")
      return record
    }
    if !records.isEmpty { try await call.service.put(records) }
    return .json { $0.gorseSuccess(records.count) }
  }

  private static let items = Route(
    method: .get, path: "/api/items", summary: "A page of items.", tag: "gorse",
    query: [GorseAnswerRoutes.n, cursor], outcome: .json(GorseSchema.itemPage, "The items.")
  ) { call in
    let count = call.integer("n", or: 10)
    let after = call["cursor"]?.text ?? ""
    let items = try await call.service.items(after: after.isEmpty ? nil : after, limit: count)
    return .json { writer in
      writer.object { writer in
        writer.field("Cursor", items.count == count ? items.last?.id ?? "" : "")
        writer.name("Items")
        writer.array { writer in for item in items { writer.gorseItem(item) } }
      }
    }
  }

  private static let item = Route(
    method: .get, path: "/api/item/{item-id}", summary: "An item.", tag: "gorse", names: [itemID],
    outcome: .json(GorseSchema.storedItem, "The item."), others: noItem
  ) { call in
    let item = try known(call.service.item(call.names[0]), "item", call)
    return .json { $0.gorseItem(item) }
  }

  private static let patchItem = Route(
    method: .patch, path: "/api/item/{item-id}", summary: "Changes what the body names of an item.",
    tag: "gorse", scope: .write, names: [itemID], body: .init(schema: GorseSchema.itemPatch),
    outcome: success, others: noItem
  ) { call in
    var item = try known(call.service.item(call.names[0]), "item", call)
    try item.change(gorse: call.body ?? .null, field: "")
    try await call.service.put([item])
    return .json { $0.gorseSuccess(1) }
  }

  private static let deleteItem = Route(
    method: .delete, path: "/api/item/{item-id}", summary: "Takes an item out of the service.",
    tag: "gorse", scope: .write, names: [itemID], outcome: success
  ) { call in
    let wasKnown = try await call.service.deleteItem(call.names[0])
    return .json { $0.gorseSuccess(wasKnown ? 1 : 0) }
  }

  private static let postUser = Route(
    method: .post, path: "/api/user", summary: "Makes or replaces a user.", tag: "gorse",
    scope: .write, body: .init(schema: GorseSchema.user), outcome: success
  ) { call in try await put(users: [call.body ?? .null], call) }

  private static let postUsers = Route(
    method: .post, path: "/api/users", summary: "Makes or replaces users.", tag: "gorse",
    scope: .write, body: .init(schema: GorseSchema.users), outcome: success
  ) { call in try await put(users: call.body?.elements ?? [], call) }

  private static func put(users: [JSON], _ call: Call) async throws -> Reply {
    let records = try users.enumerated().map { place, json in
      var record = UserRecord(id: json["UserId"]?.text ?? "")
      try record.change(gorse: json, field: users.count == 1 ? "" : "[\(place)].")
      return record
    }
    if !records.isEmpty { try await call.service.put(records) }
    return .json { $0.gorseSuccess(records.count) }
  }

  private static let users = Route(
    method: .get, path: "/api/users", summary: "A page of users.", tag: "gorse",
    query: [GorseAnswerRoutes.n, cursor], outcome: .json(GorseSchema.userPage, "The users.")
  ) { call in
    let count = call.integer("n", or: 10)
    let after = call["cursor"]?.text ?? ""
    let users = try await call.service.users(after: after.isEmpty ? nil : after, limit: count)
    return .json { writer in
      writer.object { writer in
        writer.field("Cursor", users.count == count ? users.last?.id ?? "" : "")
        writer.name("Users")
        writer.array { writer in for user in users { writer.gorseUser(user) } }
      }
    }
  }

  private static let user = Route(
    method: .get, path: "/api/user/{user-id}", summary: "A user.", tag: "gorse", names: [userID],
    outcome: .json(GorseSchema.storedUser, "The user."), others: noUser
  ) { call in
    let user = try await known(call.service.user(call.names[0]), "user", call)
    return .json { $0.gorseUser(user) }
  }

  private static let patchUser = Route(
    method: .patch, path: "/api/user/{user-id}", summary: "Changes what the body names of a user.",
    tag: "gorse", scope: .write, names: [userID], body: .init(schema: GorseSchema.userPatch),
    outcome: success, others: noUser
  ) { call in
    var user = try await known(call.service.user(call.names[0]), "user", call)
    try user.change(gorse: call.body ?? .null, field: "")
    try await call.service.put([user])
    return .json { $0.gorseSuccess(1) }
  }

  private static let deleteUser = Route(
    method: .delete, path: "/api/user/{user-id}", summary: "Forgets a person entirely.",
    tag: "gorse", scope: .write, names: [userID], outcome: success
  ) { call in
    let wasKnown = try await call.service.forget(call.names[0])
    return .json { $0.gorseSuccess(wasKnown ? 1 : 0) }
  }

  private static func known<Record>(_ record: Record?, _ kind: String, _ call: Call) throws
    -> Record
  {
    guard let record else {
      throw Problem.notFound("there is no \(kind) '\(call.names[0])'", field: "\(kind)-id")
    }
    return record
  }
}
