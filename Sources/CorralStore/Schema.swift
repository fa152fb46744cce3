import Foundation
import GRDB

/// The tables of a store, as numbered migrations; a store remembers which of them it has.
enum Schema {
  /// The mark of a store's file: `Corl`.
  static let applicationID = 0x436F_726C

  /// All migrations, in order.
  ///
  /// One that was released is never changed; a new one is appended.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: users, items, events, exposures") { try $0.execute(sql: first) }
    migrator.registerMigration("2: users whose events were deleted") { try $0.execute(sql: second) }
    return migrator
  }

  /// Makes or extends the tables of a store.
  ///
  /// - Throws: `StoreError.newer` for a store with a migration that is unknown here, and
  ///   `StoreError.notAStore` for another program's file.
  static func migrate(_ pool: DatabasePool, path: String) throws {
    try pool.read { try check($0, path: path) }
    try pool.write { try $0.execute(sql: "PRAGMA application_id = \(applicationID)") }
    try migrator.migrate(pool)
  }

  /// Throws `StoreError` for a database that is no store, or one of a newer version.
  static func check(_ db: Database, path: String) throws {
    let mark = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    guard mark == applicationID || (mark == 0 && tables == 0) else {
      throw StoreError.notAStore(path: path)
    }
    let unknown = try migrator.appliedIdentifiers(db).subtracting(migrator.migrations)
    if let migration = unknown.max() {
      throw StoreError.newer(path: path, migration: migration)
    }
  }

  /// AUTOINCREMENT keeps a key from being used twice, also after its row was deleted.
  ///
  /// Names of event types, sources, stages, models and arms are kept once, in `names`. Times are
  /// microseconds since 1970. `forgotten` holds salted hashes; `erased` says whether the last trace
  /// of the id is gone from the files. Events name their request as text, since they may arrive
  /// before the exposure is written. `ShownItem` says what the items of an exposure are.
  private static let first = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('salt', randomblob(32));
    CREATE TABLE names (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE users (
      key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
      isRecorded INTEGER NOT NULL DEFAULT 0, features TEXT);
    CREATE INDEX recordedUsers ON users (id) WHERE isRecorded;
    CREATE TABLE items (
      key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
      isRecorded INTEGER NOT NULL DEFAULT 0, title TEXT, categories TEXT, features TEXT,
      isHidden INTEGER NOT NULL DEFAULT 0, publishedAt INTEGER, expiresAt INTEGER);
    CREATE INDEX recordedItems ON items (id) WHERE isRecorded;
    CREATE TABLE events (
      position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, user INTEGER NOT NULL,
      item INTEGER NOT NULL, type INTEGER NOT NULL, value REAL, time INTEGER, request TEXT);
    CREATE UNIQUE INDEX eventIDs ON events (id) WHERE id IS NOT NULL;
    CREATE INDEX eventsOfUsers ON events (user, position);
    CREATE INDEX eventsOfRequests ON events (request, item) WHERE request IS NOT NULL;
    CREATE TABLE exposures (
      key INTEGER PRIMARY KEY AUTOINCREMENT, request TEXT NOT NULL UNIQUE, user INTEGER,
      time INTEGER NOT NULL, model INTEGER NOT NULL, arm INTEGER, items BLOB NOT NULL);
    CREATE INDEX exposuresOfUsers ON exposures (user) WHERE user IS NOT NULL;
    CREATE INDEX exposuresByTime ON exposures (time);
    CREATE TABLE forgotten (hash BLOB PRIMARY KEY, erased INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
    """
  /// `isPruned` says that events of a user were deleted one by one: what a model saved of the user's
  /// history may hold them still.
  private static let second = """
    ALTER TABLE users ADD COLUMN isPruned INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX prunedUsers ON users (key) WHERE isPruned;
    """
}
