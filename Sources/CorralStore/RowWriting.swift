import GRDB

/// The keys of ids and names within one transaction, which are made where they are missing.
///
/// Every look-up is one search in a B-tree; names are kept while the transaction lasts.
struct KeyTable {
  private let find: Query
  private let insert: Query
  private let database: Database
  private let what: String

  /// The keys of `users`, `items` or `names`.
  init(_ database: Database, _ table: Table) throws {
    self.database = database
    what = table.rawValue
    let column = table == .names ? "name" : "id"
    find = try Query(database, "SELECT key FROM \(table.rawValue) WHERE \(column) = ?")
    insert = try Query(database, "INSERT INTO \(table.rawValue) (\(column)) VALUES (?)")
  }

  /// The tables that give keys.
  enum Table: String { case users, items, names }

  /// The key of a text; `nil` if it has none.
  func existing(_ text: String) throws -> Int32? {
    find.bind(text, at: 1)
    defer { find.reset() }
    return try find.step() ? Int32(find.integer(0)) : nil
  }

  /// The key of a text, and whether it was made.
  ///
  /// - Throws: `StoreError.failed` when all 2,147,483,647 keys are used.
  func key(_ text: String) throws -> (key: Int32, isNew: Bool) {
    if let key = try existing(text) { return (key, false) }
    insert.bind(text, at: 1)
    try insert.run()
    guard let key = Int32(exactly: database.lastInsertedRowID) else {
      throw StoreError.failed(path: what, reason: "all keys are used")
    }
    return (key, true)
  }
}

/// Writes events within one transaction.
struct EventWriter {
  private let database: Database
  private let users: KeyTable
  private let items: KeyTable
  private let names: KeyTable
  private let find: Query
  private let insert: Query
  private var types: [String: Int32] = [:]

  /// A writer for an open transaction.
  init(_ database: Database) throws {
    self.database = database
    users = try KeyTable(database, .users)
    items = try KeyTable(database, .items)
    names = try KeyTable(database, .names)
    find = try Query(database, "SELECT position, user, item FROM events WHERE id = ?")
    insert = try Query(
      database,
      """
      INSERT INTO events (id, user, item, type, value, time, request) VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
  }

  /// Writes an event unless one with its id is there: then the receipt is that one's.
  mutating func write(_ event: Event) throws -> EventReceipt {
    if let id = event.id, let receipt = try stored(id) { return receipt }
    let user = try users.key(event.user).key
    let item = try items.key(event.item).key
    let position = try write(
      user: user, item: item, type: type(event.type), id: event.id, value: event.value,
      time: event.time.map(Instant.microseconds), request: event.request)
    return EventReceipt(
      position: position, isRepeat: false, user: UserKey(user), item: ItemKey(item))
  }

  /// Writes an event whose user, item and type have their keys; returns its position.
  func write(
    user: Int32, item: Int32, type: Int32, id: String? = nil, value: Double? = nil,
    time: Int64? = nil, request: String? = nil
  ) throws -> Int64 {
    insert.bind(id, at: 1)
    insert.bind(Int64(user), at: 2)
    insert.bind(Int64(item), at: 3)
    insert.bind(Int64(type), at: 4)
    insert.bind(value, at: 5)
    insert.bind(time, at: 6)
    insert.bind(request, at: 7)
    try insert.run()
    return database.lastInsertedRowID
  }

  /// The key of a type.
  mutating func type(_ name: String) throws -> Int32 {
    if let key = types[name] { return key }
    let key = try names.key(name).key
    types[name] = key
    return key
  }

  private func stored(_ id: String) throws -> EventReceipt? {
    find.bind(id, at: 1)
    defer { find.reset() }
    guard try find.step() else { return nil }
    return EventReceipt(
      position: find.integer(0), isRepeat: true, user: UserKey(Int32(find.integer(1))),
      item: ItemKey(Int32(find.integer(2))))
  }
}
