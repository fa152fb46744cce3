package import Foundation
import GRDB

extension Store {
  /// Stores events in their order; returns when they are on the disk, with a receipt for each.
  ///
  /// An event whose id is stored already, or is earlier in `events`, is not stored again: its receipt is
  /// that of the first. Everything that waits at the same time is written together. A single event
  /// costs one `fsync`; in batches of thousands an event costs some tens of microseconds.
  ///
  /// - Throws: `StoreError`; then none of them is stored.
  package func append(_ events: [Event]) async throws -> [EventReceipt] {
    if events.isEmpty { return [] }
    for event in events { try event.check() }
    return try await writer.write(weight: events.count) { db in
      var writer = try EventWriter(db)
      return try events.map { try writer.write($0) }
    }
  }

  /// The events of a user after a position, the oldest first.
  package func events(
    of user: String, after position: Int64 = 0, limit: Int
  ) async throws -> [StoredEvent] {
    try await read { db in
      guard let key = try KeyTable(db, .users).existing(user) else { return [] }
      return try Self.events(
        db, where: "e.user = ? AND e.position > ? ORDER BY e.position LIMIT ?",
        [Int64(key), position, Int64(limit)])
    }
  }

  /// The events of a user with an item, of one type or of all, the oldest first.
  package func events(
    of user: String, with item: String, type: String? = nil, limit: Int
  ) async throws -> [StoredEvent] {
    try await read { db in
      guard let pair = try EventsOfPair(db, user: user, item: item, type: type) else { return [] }
      return try Self.events(
        db, where: "\(pair.condition) ORDER BY e.position LIMIT ?", pair.keys + [Int64(limit)])
    }
  }

  /// The last events of a user, the newest first, beginning before a position.
  package func latestEvents(
    of user: String, before position: Int64 = .max, limit: Int
  ) async throws -> [StoredEvent] {
    try await read { db in
      guard let key = try KeyTable(db, .users).existing(user) else { return [] }
      return try Self.events(
        db, where: "e.user = ? AND e.position < ? ORDER BY e.position DESC LIMIT ?",
        [Int64(key), position, Int64(limit)])
    }
  }

  /// The events after a position, the oldest first.
  package func events(after position: Int64, limit: Int) async throws -> [StoredEvent] {
    try await read { db in
      try Self.events(
        db, where: "e.position > ? ORDER BY e.position LIMIT ?", [position, Int64(limit)])
    }
  }

  /// An event without texts, as memory wants it.
  package struct EventKeys: Sendable {
    package let position: Int64
    package let user: UserKey
    package let item: ItemKey
    package let type: String
    package let value: Double?
    package let time: Date?
  }

  /// Calls `body` with every event after a position, in order, on the calling thread.
  ///
  /// It reads some million events a second, in constant memory, in pieces: what is stored meanwhile is
  /// read too.
  ///
  /// - Throws: `StoreError`, and what `body` throws.
  package func forEachEvent(
    after position: Int64 = 0, _ body: (EventKeys) throws -> Void
  ) throws {
    var (last, piece) = (position, [EventKeys]())
    repeat {
      piece = try readNow { try Self.eventKeys($0, after: last, limit: 100_000) }
      for event in piece { try body(event) }
      last = piece.last?.position ?? last
    } while !piece.isEmpty
  }

  /// The position of the last event that was ever stored, 0 if there was none.
  ///
  /// It stays when that event is forgotten.
  package func lastPosition() async throws -> Int64 { try await read(Self.lastPosition) }

  /// The position of the last event that was ever stored, as a connection sees it.
  static func lastPosition(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0
  }

  private static func eventKeys(_ db: Database, after: Int64, limit: Int64) throws -> [EventKeys] {
    let names = try Names(db)
    let query = try Query(
      db,
      """
      SELECT position, user, item, type, value, time FROM events WHERE position > ?
        ORDER BY position LIMIT ?
      """)
    query.bind(after, at: 1)
    query.bind(limit, at: 2)
    var events: [EventKeys] = []
    while try query.step() {
      events.append(
        EventKeys(
          position: query.integer(0), user: UserKey(Int32(query.integer(1))),
          item: ItemKey(Int32(query.integer(2))), type: names[query.integer(3)],
          value: query.double(4), time: query.integerIfAny(5).map(Instant.date)))
    }
    return events
  }

  /// Events with their texts, which a condition selects.
  static func events(
    _ db: Database, where condition: String, _ values: [Int64]
  ) throws -> [StoredEvent] {
    let query = try Query(
      db,
      """
      SELECT e.position, e.id, u.id, i.id, n.name, e.value, e.time, e.request
        FROM events e JOIN users u ON u.key = e.user JOIN items i ON i.key = e.item
        JOIN names n ON n.key = e.type WHERE \(condition)
      """)
    for (place, value) in zip(Int32(1)..., values) { query.bind(value, at: place) }
    var events: [StoredEvent] = []
    while try query.step() { events.append(StoredEvent(query)) }
    return events
  }
}

extension StoredEvent {
  /// The event in the row of a query that selects the columns of `Store.events`.
  init(_ row: Query) {
    position = row.integer(0)
    event = Event(
      id: row.textIfAny(1), user: row.text(2), item: row.text(3), type: row.text(4),
      value: row.double(5), time: row.integerIfAny(6).map(Instant.date), request: row.textIfAny(7))
  }
}

extension Event {
  /// Throws `StoreError.invalid` for texts that cannot be stored.
  func check() throws {
    if let id { try StoreError.check(id, "the id of an event") }
    try StoreError.check(user, "the user of an event")
    try StoreError.check(item, "the item of an event")
    try StoreError.check(type, "the type of an event")
    if let request { try StoreError.check(request, "the request of an event") }
  }
}

/// The names of types, sources, stages, models and arms by their keys.
struct Names {
  private let names: [Int64: String]

  /// All names of a connection; there are few.
  init(_ db: Database) throws {
    var names: [Int64: String] = [:]
    let query = try Query(db, "SELECT key, name FROM names")
    while try query.step() { names[query.integer(0)] = query.text(1) }
    self.names = names
  }

  /// The name of a key.
  subscript(key: Int64) -> String { names[key] ?? "" }
}
