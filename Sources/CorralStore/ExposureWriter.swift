import GRDB

/// Writes exposures within one transaction.
struct ExposureWriter {
  private let database: Database
  private let users: KeyTable
  private let items: KeyTable
  private let names: KeyTable
  private let insert: Query
  private let insertItem: Query
  private let forgotten: ForgottenUsers

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
      INSERT INTO exposures (request, user, time, model, arm) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
      """)
    insertItem = try Query(
      database,
      """
      INSERT INTO exposureItems (exposure, place, item, source, stage, score, logProbability)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
      """)
  }

  /// Writes exposures; one whose request is there already is left out.
  func write(_ exposures: [Exposure]) throws {
    for exposure in exposures { try write(exposure) }
  }

  private func write(_ exposure: Exposure) throws {
    insert.bind(exposure.request, at: 1)
    insert.bind(try exposure.user.flatMap(user).map(Int64.init), at: 2)
    insert.bind(Instant.microseconds(exposure.time), at: 3)
    insert.bind(Int64(try names.key(exposure.model).key), at: 4)
    insert.bind(try exposure.arm.map { Int64(try names.key($0).key) }, at: 5)
    try insert.run()
    if database.changesCount == 0 { return }
    let key = database.lastInsertedRowID
    for item in exposure.items {
      insertItem.bind(key, at: 1)
      insertItem.bind(Int64(item.position), at: 2)
      insertItem.bind(Int64(try items.key(item.id).key), at: 3)
      insertItem.bind(Int64(try names.key(item.source).key), at: 4)
      insertItem.bind(Int64(try names.key(item.stage).key), at: 5)
      insertItem.bind(item.score.map(Double.init), at: 6)
      insertItem.bind(item.logProbability.map(Double.init), at: 7)
      try insertItem.run()
    }
  }

  /// The key of a user, made if it is missing; `nil` for a forgotten user who has not come back.
  private func user(_ id: String) throws -> Int32? {
    if let key = try users.existing(id) { return key }
    return try forgotten.contains(id) ? nil : users.key(id).key
  }
}
