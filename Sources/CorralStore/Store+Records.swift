import GRDB

extension Store {
  /// Inserts items or replaces what was known of them; returns their keys when it is on the disk.
  package func put(items: [ItemRecord]) async throws -> [ItemKey] {
    for item in items { try StoreError.check(item.id, "the id of an item") }
    return try await writer.write { db in
      let keys = try KeyTable(db, .items)
      return try items.map { item in
        let key = try keys.key(item.id).key
        try item.write(key, to: db)
        return ItemKey(key)
      }
    }
  }

  /// Inserts users or replaces what was known of them; returns their keys when it is on the disk.
  package func put(users: [UserRecord]) async throws -> [UserKey] {
    for user in users { try StoreError.check(user.id, "the id of a user") }
    return try await writer.write { db in
      let keys = try KeyTable(db, .users)
      return try users.map { user in
        let key = try keys.key(user.id).key
        try user.write(key, to: db)
        return UserKey(key)
      }
    }
  }

  /// What was put of an item; `nil` if nothing was.
  package func item(_ id: String) async throws -> ItemRecord? {
    try await read { db in
      try ItemRecord.all(db, "WHERE isRecorded AND id = ?", [id]).first?.record
    }
  }

  /// What was put of a user; `nil` if nothing was.
  package func user(_ id: String) async throws -> UserRecord? {
    try await read { try UserRecord.all($0, "WHERE isRecorded AND id = ?", [id]).first }
  }

  /// Deletes what was put of an item; its key, and the events with it, stay.
  ///
  /// - Returns: the item's key; `nil` if nothing was known of it.
  package func deleteItem(_ id: String) async throws -> ItemKey? {
    try await writer.write { db in
      try Self.clear(db, "items", "\(ItemRecord.emptied)", id).map(ItemKey.init)
    }
  }

  /// Deletes what was put of a user; the key and the events stay.
  ///
  /// `forget(user:)` deletes a user entirely.
  ///
  /// - Returns: the user's key; `nil` if nothing was known.
  package func deleteUser(_ id: String) async throws -> UserKey? {
    try await writer.write { db in
      try Self.clear(db, "users", "\(UserRecord.emptied)", id).map(UserKey.init)
    }
  }

  /// The items that were put, in order of their ids' UTF-8 bytes, that follow an id; "" for the first.
  package func items(after id: String, limit: Int) async throws -> [ItemRecord] {
    try await read { db in
      try ItemRecord.all(
        db, "WHERE isRecorded AND id > ? ORDER BY id LIMIT ?", [id, limit]
      ).map(\.record)
    }
  }

  /// The users who are known, in order of their ids' UTF-8 bytes, that follow an id; "" for the first.
  ///
  /// Those are known who were put, of whom there are events, or of whom there were some that were
  /// deleted one by one. A page is a search in the index of ids, whatever the number of users.
  package func users(after id: String, limit: Int) async throws -> [UserRecord] {
    try await read { db in try UserRecord.all(db, Self.knownUsers, [id, limit]) }
  }

  /// The condition of `users(after:limit:)`.
  package static let knownUsers = """
    WHERE id > ? AND (isRecorded OR isPruned
      OR EXISTS (SELECT 1 FROM events WHERE events.user = users.key)) ORDER BY id LIMIT ?
    """

  /// Every item that was put, with its key, in order of key, on the calling thread.
  package func allItems() throws -> [(key: ItemKey, record: ItemRecord)] {
    try readNow { try ItemRecord.all($0, "WHERE isRecorded ORDER BY key", []) }
  }

  private static func clear(
    _ db: Database, _ table: String, _ emptied: String, _ id: String
  ) throws -> Int32? {
    try Int32.fetchOne(
      db,
      sql: """
        UPDATE \(table) SET isRecorded = 0, \(emptied) WHERE id = ? AND isRecorded RETURNING key
        """, arguments: [id])
  }
}
