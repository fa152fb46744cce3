import Foundation
import GRDB

extension Store {
  /// What was deleted of a user.
  package struct Forgotten: Sendable, Equatable {
    /// The key that the user had, which nobody gets again; `nil` if the store knew no such user.
    package var key: UserKey?
    package var events: Int
    /// The answers that the user was shown, which are anonymous now.
    package var exposures: Int

    /// What was deleted of the user who had a key.
    package init(key: UserKey?, events: Int, exposures: Int) {
      self.key = key
      self.events = events
      self.exposures = exposures
    }
  }

  /// Forgets a user entirely: events, record, and the id itself.
  ///
  /// Answers that were shown stay for the report, anonymous. A salted hash of the id stays, by which
  /// `isForgotten` knows that a model's saved history must not be used. Whoever comes back with the id
  /// is a new user.
  ///
  /// When it returns the id is in no file of the store, unless it is also part of another text: SQLite
  /// overwrites what it deletes, its log of changes is emptied, and the file is searched, about a second
  /// for each gigabyte. Where the id is found the file is written anew, and events wait meanwhile, about
  /// ten seconds for each gigabyte. A process that dies before is made up for when the store is opened
  /// again.
  ///
  /// - Throws: `StoreError`. After `locked` the user is forgotten, but traces of the id may stay until
  ///   it is forgotten once more, or the store is opened again.
  package func forget(user id: String) async throws -> Forgotten {
    try StoreError.check(id, "the id of a user")
    let (forgotten, texts) = try await writer.write { db in try Self.forget(id, db) }
    let erasure = Erasure(pool: pool, directory: directory)
    try await whileOpen { try await erasure.erase(texts) }
    try await writer.write { try ForgottenUsers($0).markErased(id) }
    return forgotten
  }

  /// Whether a user was forgotten and no event came since.
  package func isForgotten(_ id: String) async throws -> Bool {
    try await read { db in
      guard try ForgottenUsers(db).contains(id) else { return false }
      return try Int.fetchOne(
        db,
        sql: "SELECT 1 FROM events WHERE user = (SELECT key FROM users WHERE id = ?) LIMIT 1",
        arguments: [id]) == nil
    }
  }

  /// Those among users who were ever forgotten, on the calling thread: a model's saved histories of them
  /// must not be used, also after they came back.
  ///
  /// It costs a microsecond for each user, and nothing where nobody was forgotten.
  package func everForgotten(among ids: some Sequence<String>) throws -> Set<String> {
    try readNow { db in
      let forgotten = try ForgottenUsers(db)
      return Set(try ids.filter { try forgotten.contains($0) })
    }
  }

  /// Writes the file anew where a process died while it forgot somebody.
  func eraseLeftovers() throws {
    let isLeft = try readNow {
      try Int.fetchOne($0, sql: "SELECT 1 FROM forgotten WHERE NOT erased LIMIT 1") != nil
    }
    if !isLeft { return }
    do {
      try Erasure(pool: pool, directory: directory).rewrite()
      try writeNow { try $0.execute(sql: "UPDATE forgotten SET erased = 1") }
    } catch { throw StoreError(error, path: directory.path) }
  }

  private static func forget(_ id: String, _ db: Database) throws -> (Forgotten, [String]) {
    try ForgottenUsers(db).insert(id)
    guard let key = try KeyTable(db, .users).existing(id) else {
      return (Forgotten(key: nil, events: 0, exposures: 0), [id])
    }
    let features = try String.fetchOne(
      db, sql: "SELECT features FROM users WHERE key = ?", arguments: [key])
    try db.execute(sql: "DELETE FROM events WHERE user = ?", arguments: [key])
    let events = db.changesCount
    try db.execute(sql: "UPDATE exposures SET user = NULL WHERE user = ?", arguments: [key])
    let exposures = db.changesCount
    try db.execute(sql: "DELETE FROM users WHERE key = ?", arguments: [key])
    return (
      Forgotten(key: UserKey(key), events: events, exposures: exposures),
      [id] + [features].compactMap(\.self)
    )
  }
}
