import GRDB

/// Writes exposures within one transaction.
///
/// Answers show the same items again and again, so the keys that it has found are kept while it lives.
struct ExposureWriter {
  private let database: Database
  private let users: KeyTable
  private let items: KeyTable
  private let names: KeyTable
  private let insert: Query
  private let forgotten: ForgottenUsers
  private var itemKeys: [String: Int32] = [:]
  private var nameKeys: [String: Int32] = [:]

  /// A writer for an open transaction.
  init(_ database: Database) throws {
    self.database = database
    users = try KeyTable(database, .users)
    items = try KeyTable(database, .items)
    names = try KeyTable(database, .names)
    forgotten = try ForgottenUsers(database)
    insert = try Query(
      database,
      """
      INSERT INTO exposures (request, user, time, model, arm, items) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
      """)
  }

  /// Writes exposures; one whose request is there already is left out.
  mutating func write(_ exposures: [Exposure]) throws {
    for exposure in exposures { try write(exposure) }
  }

  private mutating func write(_ exposure: Exposure) throws {
    let shown = try exposure.items.map { item in
      ShownItem(
        item: try key(of: item.id), place: Int32(clamping: item.position),
        source: try name(item.source), stage: try name(item.stage), score: item.score,
        logProbability: item.logProbability)
    }
    insert.bind(exposure.request, at: 1)
    insert.bind(try exposure.user.flatMap(user).map(Int64.init), at: 2)
    insert.bind(Instant.microseconds(exposure.time), at: 3)
    insert.bind(Int64(try name(exposure.model)), at: 4)
    insert.bind(try exposure.arm.map { Int64(try name($0)) }, at: 5)
    insert.bind(ShownItem.bytes(of: shown), at: 6)
    try insert.run()
  }

  private mutating func key(of item: String) throws -> Int32 {
    if let key = itemKeys[item] { return key }
    let key = try items.key(item).key
    itemKeys[item] = key
    return key
  }

  private mutating func name(_ name: String) throws -> Int32 {
    if let key = nameKeys[name] { return key }
    let key = try names.key(name).key
    nameKeys[name] = key
    return key
  }

  /// The key of a user, made if it is missing; `nil` for a forgotten user who has not come back.
  private func user(_ id: String) throws -> Int32? {
    if let key = try users.existing(id) { return key }
    return try forgotten.contains(id) ? nil : users.key(id).key
  }
}
