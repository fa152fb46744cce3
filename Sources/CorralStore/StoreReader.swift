package import Foundation
import GRDB
import LibCrypto

/// The events of a store, read again and again beside the process that writes it.
///
/// It takes no lock and changes nothing. Each reading sees what is committed then, and holds nothing
/// back from the writer when it has ended. Positions never come later than greater ones: one
/// transaction writes at a time, and positions are given in it. It is for one thread.
package final class StoreReader {
  /// The directory of the store.
  package let directory: URL
  /// A name that the store keeps for life, also when it is copied: the beginning of a hash of its salt.
  package let identity: String
  /// How many times the store's file was opened: again whenever a copy was put in its place.
  package private(set) var openings = 1
  private var queue: DatabaseQueue
  private var file: FileNumber
  /// The version of the tables that were checked last.
  private var checked: Int64?

  /// Opens the store of a directory, which a server may have open.
  ///
  /// - Throws: `StoreError` for a directory without a store, or with a newer one.
  package init(_ directory: URL) throws {
    self.directory = directory
    (queue, file) = try Self.open(directory)
    do {
      identity = try queue.read { db in
        try Schema.check(db, path: directory.path)
        guard try db.tableExists("meta"), try db.tableExists("events") else {
          throw StoreError.failed(
            path: directory.path, reason: "the store has no events yet; start its server first")
        }
        return try Self.identity(db)
      }
    } catch { throw StoreError(error, path: directory.path) }
  }

  /// The events after a position, the oldest first, at most `limit`.
  ///
  /// A text that the store has lost is empty. Deleted events leave gaps among the positions.
  ///
  /// - Throws: `StoreError`, also for a store that became newer or was replaced by another.
  package func events(after position: Int64, limit: Int) throws -> [StoredEvent] {
    try read { db in
      let query = try Query(
        db,
        """
        SELECT e.position, e.id, u.id, i.id, n.name, e.value, e.time, e.request
          FROM events e LEFT JOIN users u ON u.key = e.user LEFT JOIN items i ON i.key = e.item
          LEFT JOIN names n ON n.key = e.type WHERE e.position > ? ORDER BY e.position LIMIT ?
        """)
      query.bind(position, at: 1)
      query.bind(Int64(limit), at: 2)
      var events: [StoredEvent] = []
      while try query.step() { events.append(StoredEvent(query)) }
      return events
    }
  }

  /// The position of the last event that was ever stored, and that of the last one that is there; 0 if
  /// there is none.
  package func lastPositions() throws -> (ever: Int64, present: Int64) {
    try read { db in
      (
        try Store.lastPosition(db),
        try Int64.fetchOne(db, sql: "SELECT max(position) FROM events") ?? 0
      )
    }
  }

  /// What was put of an item; `nil` if nothing was.
  package func item(_ id: String) throws -> ItemRecord? {
    try read { try ItemRecord.all($0, "WHERE isRecorded AND id = ?", [id]).first?.record }
  }

  /// What was put of a user; `nil` if nothing was.
  package func user(_ id: String) throws -> UserRecord? {
    try read { try UserRecord.all($0, "WHERE isRecorded AND id = ?", [id]).first }
  }

  /// Which of some users were forgotten at some time: what a model knows of them must not be used.
  ///
  /// It costs a microsecond for each user, and nothing where nobody was forgotten.
  package func everForgotten(among ids: some Sequence<String>) throws -> Set<String> {
    try read { db in
      let forgotten = try ForgottenUsers(db)
      return Set(try ids.filter { try forgotten.contains($0) })
    }
  }

  /// Reads what is committed, in the file that is at the store's place now.
  private func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      if try FileNumber(directory) != file {
        // A copy was put in the place of the store, and the old file would never change again.
        (queue, file) = try Self.open(directory)
        openings += 1
        checked = nil
      }
      return try queue.read { db in
        let version = try Int64.fetchOne(db, sql: "PRAGMA schema_version")
        if checked == nil || version != checked {
          try Schema.check(db, path: directory.path)
          guard try Self.identity(db) == identity else {
            throw StoreError.failed(
              path: directory.path, reason: "another store was put in the place of this one")
          }
          checked = version
        }
        return try body(db)
      }
    } catch { throw StoreError(error, path: directory.path) }
  }

  private static func open(_ directory: URL) throws -> (DatabaseQueue, FileNumber) {
    let number = try FileNumber(directory)
    var configuration = Configuration()
    configuration.label = "corral.stream"
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    do {
      let queue = try DatabaseQueue(path: number.path, configuration: configuration)
      return (queue, number)
    } catch { throw StoreError(error, path: directory.path) }
  }

  private static func identity(_ db: Database) throws -> String {
    let salt = try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'salt'") ?? Data()
    // The salt itself would tell who was forgotten.
    let text = Data("identity".utf8) + salt
    var digest = [UInt8](repeating: 0, count: 32)
    let isDone = text.withUnsafeBytes {
      EVP_Digest($0.baseAddress, $0.count, &digest, nil, EVP_sha256(), nil)
    }
    precondition(isDone == 1, "libcrypto has no SHA-256")
    return digest.prefix(8).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}

/// Which file the database of a directory is, by the numbers that the system gives it.
private struct FileNumber: Equatable {
  let path: String
  private let device: UInt64
  private let number: UInt64

  /// The file of a store's directory, which is not opened: that would drop SQLite's locks.
  init(_ directory: URL) throws {
    path = directory.appendingPathComponent(Store.databaseName).path
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw StoreError.failed(
        path: directory.path, reason: "it holds no \(Store.databaseName)")
    }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    number = UInt64(truncatingIfNeeded: status.st_ino)
  }
}
