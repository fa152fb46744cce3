import GRDB

extension Store {
  /// Deletes the events of a user with an item, of one type or of all; returns how many there were when
  /// it is on the disk.
  ///
  /// The rows go: no other event changes its position, and nobody gets a position that became free. An
  /// id that a sender gave an event may be used again. The user is marked, so that nobody takes what a
  /// model saved of the user's history for the log.
  ///
  /// - Throws: `StoreError`; then none is deleted.
  package func delete(
    eventsOf user: String, with item: String, type: String? = nil
  ) async throws -> Int {
    try await writer.write { db in
      guard let pair = try EventsOfPair(db, user: user, item: item, type: type) else { return 0 }
      let delete = try Query(db, "DELETE FROM events AS e WHERE \(pair.condition)")
      for (place, key) in zip(Int32(1)..., pair.keys) { delete.bind(key, at: place) }
      try delete.run()
      let count = db.changesCount
      if count > 0 {
        try db.execute(
          sql: "UPDATE users SET isPruned = 1 WHERE key = ?", arguments: [pair.keys[0]])
      }
      return count
    }
  }

  /// All that the log holds of one user, up to a position.
  package struct UserLog: Sendable, Equatable {
    package let user: UserKey
    /// The last position that the log has given, to whomever.
    package let through: Int64
    /// Whether events of the user were deleted one by one.
    package let isPruned: Bool
    /// The events, the oldest first.
    package let events: [StoredEvent]
  }

  /// The log of a user; `nil` for one whom the store does not know.
  package func log(of user: String) async throws -> UserLog? {
    try await read { db in
      guard let key = try KeyTable(db, .users).existing(user) else { return nil }
      return UserLog(
        user: UserKey(key), through: try Self.lastPosition(db),
        isPruned: try Bool.fetchOne(
          db, sql: "SELECT isPruned FROM users WHERE key = ?", arguments: [key]) ?? false,
        events: try Self.events(db, where: "e.user = ? ORDER BY e.position", [Int64(key)]))
    }
  }

  /// The users of whom events were deleted one by one, on the calling thread.
  package func prunedUsers() throws -> Set<UserKey> {
    try readNow { db in
      Set(try Int32.fetchAll(db, sql: "SELECT key FROM users WHERE isPruned").map(UserKey.init))
    }
  }
}

/// The condition that selects the events of a user with an item, of one type or of all.
struct EventsOfPair {
  /// The condition of a row `e` of the events.
  let condition: String
  /// Its values: the keys of the user, the item, and the type if one is asked for.
  let keys: [Int64]

  /// The condition for ids; `nil` where one of them is unknown, so that no event has them.
  init?(_ db: Database, user: String, item: String, type: String?) throws {
    guard let user = try KeyTable(db, .users).existing(user),
      let item = try KeyTable(db, .items).existing(item)
    else { return nil }
    guard let type else {
      (condition, keys) = ("e.user = ? AND e.item = ?", [Int64(user), Int64(item)])
      return
    }
    guard let type = try KeyTable(db, .names).existing(type) else { return nil }
    condition = "e.user = ? AND e.item = ? AND e.type = ?"
    keys = [Int64(user), Int64(item), Int64(type)]
  }
}
