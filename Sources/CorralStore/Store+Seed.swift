import GRDB

extension Store {
  /// What a store got from a model.
  package struct Seeded: Sendable, Equatable {
    package var users: Int
    package var items: Int
    package var events: Int

    /// Numbers of users, items and events.
    package init(users: Int, items: Int, events: Int) {
      self.users = users
      self.items = items
      self.events = events
    }
  }

  /// The type of the events that a model's own histories become.
  package static let seedType = "history"

  /// Stores a model's own histories as events without time or id, the first time that it is called.
  ///
  /// Users get their keys in the order of `users`, items in that of `items`; the events of a user
  /// follow each other. Users who were forgotten are left out. It writes in one transaction on the
  /// calling thread, some hundred thousand events a second.
  ///
  /// - Parameters:
  ///   - users: the ids of the users.
  ///   - items: the ids of the items.
  ///   - history: the positions in `items` that a user, given by the position in `users`, met, the
  ///     oldest first.
  /// - Returns: how much was stored; `nil` if the store was seeded before, and then nothing is.
  /// - Throws: `StoreError`; then nothing is stored.
  package func seed(
    users: some Collection<String>, items: some Collection<String>,
    history: (_ user: Int) -> some Sequence<Int>
  ) throws -> Seeded? {
    for id in users { try StoreError.check(id, "the id of a user") }
    for id in items { try StoreError.check(id, "the id of an item") }
    return try writeNow { db in
      guard try !Self.isSeeded(db) else { return nil }
      try db.execute(sql: "INSERT INTO meta VALUES ('seeded', 1)")
      let forgotten = try ForgottenUsers(db)
      let (userKeys, itemKeys) = (try KeyTable(db, .users), try KeyTable(db, .items))
      let items = try items.map { try itemKeys.key($0).key }
      var writer = try EventWriter(db)
      let type = try writer.type(Self.seedType)
      var seeded = Seeded(users: 0, items: items.count, events: 0)
      for (position, id) in users.enumerated() where try !forgotten.contains(id) {
        let user = try userKeys.key(id).key
        seeded.users += 1
        for item in history(position) {
          _ = try writer.write(user: user, item: items[item], type: type)
          seeded.events += 1
        }
      }
      return seeded
    }
  }

  /// Whether a model's histories were stored.
  package var isSeeded: Bool {
    get throws { try readNow { try Self.isSeeded($0) } }
  }

  private static func isSeeded(_ db: Database) throws -> Bool {
    try Int.fetchOne(db, sql: "SELECT 1 FROM meta WHERE key = 'seeded'") != nil
  }
}
