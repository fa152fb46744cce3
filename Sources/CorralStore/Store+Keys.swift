import GRDB

extension Store {
  /// The keys of users, in their order; missing ones are made, all in one transaction.
  ///
  /// It makes about a hundred thousand keys a second, and finds some hundred thousand.
  ///
  /// - Throws: `StoreError`; then none is made.
  package func keys(ofUsers ids: [String]) async throws -> [UserKey] {
    try await made(ids, .users).map(UserKey.init)
  }

  /// The keys of items, in their order; missing ones are made, all in one transaction.
  ///
  /// - Throws: `StoreError`; then none is made.
  package func keys(ofItems ids: [String]) async throws -> [ItemKey] {
    try await made(ids, .items).map(ItemKey.init)
  }

  /// The keys of the users that the store knows, `nil` for the others.
  package func knownKeys(ofUsers ids: [String]) async throws -> [UserKey?] {
    try await known(ids, .users).map { $0.map(UserKey.init) }
  }

  /// The keys of the items that the store knows, `nil` for the others.
  package func knownKeys(ofItems ids: [String]) async throws -> [ItemKey?] {
    try await known(ids, .items).map { $0.map(ItemKey.init) }
  }

  /// Calls `body` with the key and the id of every user, in order of key, on the calling thread.
  ///
  /// `body` must not take long: the files of the store grow while it reads.
  package func forEachUser(_ body: (UserKey, String) throws -> Void) throws {
    try forEach(.users) { try body(UserKey($0), $1) }
  }

  /// Calls `body` with the key and the id of every item, in order of key, on the calling thread.
  ///
  /// `body` must not take long: the files of the store grow while it reads.
  package func forEachItem(_ body: (ItemKey, String) throws -> Void) throws {
    try forEach(.items) { try body(ItemKey($0), $1) }
  }

  /// The ids of known users that begin with a text, in order of their UTF-8 bytes.
  package func users(startingWith text: String, limit: Int) async throws -> [String] {
    try await read { db in
      let query = try Query(
        db, "SELECT id FROM users WHERE id >= ?1 AND id < ?1 || char(1114111) ORDER BY id LIMIT ?2")
      query.bind(text, at: 1)
      query.bind(Int64(limit), at: 2)
      var ids: [String] = []
      while try query.step() { ids.append(query.text(0)) }
      return ids
    }
  }

  /// How much a store holds.
  package struct Counts: Sendable, Equatable {
    package var users: Int
    package var items: Int
    package var events: Int
    package var exposures: Int

    /// Numbers of users, items, events and exposures.
    package init(users: Int, items: Int, events: Int, exposures: Int) {
      self.users = users
      self.items = items
      self.events = events
      self.exposures = exposures
    }
  }

  /// How much the store holds; costs a walk over an index of each table.
  package func counts() async throws -> Counts {
    try await read { db in
      func count(_ table: String) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0
      }
      return try Counts(
        users: count("users"), items: count("items"), events: count("events"),
        exposures: count("exposures"))
    }
  }

  private func made(_ ids: [String], _ table: KeyTable.Table) async throws -> [Int32] {
    for id in ids { try StoreError.check(id, "an id") }
    return try await writer.write { db in
      let keys = try KeyTable(db, table)
      return try ids.map { try keys.key($0).key }
    }
  }

  private func known(_ ids: [String], _ table: KeyTable.Table) async throws -> [Int32?] {
    try await read { db in
      let keys = try KeyTable(db, table)
      return try ids.map { try keys.existing($0) }
    }
  }

  private func forEach(_ table: KeyTable.Table, _ body: (Int32, String) throws -> Void) throws {
    try readNow { db in
      let query = try Query(db, "SELECT key, id FROM \(table.rawValue) ORDER BY key")
      defer { query.reset() }
      while try query.step() { try body(Int32(query.integer(0)), query.text(1)) }
    }
  }
}
