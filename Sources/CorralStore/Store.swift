package import Foundation
import GRDB
import Synchronization

/// The durable memory of a service: users, items, events and exposures, in one SQLite file.
///
/// An event is acknowledged only when it is on the disk: it survives the end of the process and of the
/// power. Reading never waits for writing. Functions that are `async` do not block the threads of
/// tasks; the others are for the start and the end of a program.
///
/// The directory holds `events.sqlite`, the two files that SQLite keeps beside it, and `lock`. In
/// memory a store has a page cache of 64 MB for the writer and 2 MB for each of up to eight readers,
/// and what waits (`StoreSettings`). An event takes about 60 bytes of the disk, and its own id and the
/// id of its request twice.
package final class Store: Sendable {
  /// The file of a store, in its directory.
  package static let databaseName = "events.sqlite"

  /// The directory of the store.
  package let directory: URL
  let settings: StoreSettings
  let pool: DatabasePool
  let buffer: ExposureBuffer
  let writer: WriteQueue
  private let gate = ReadingGate()
  private let lock: Mutex<StoreLock?>

  /// Opens the store of a directory, and makes it if there is none.
  ///
  /// - Throws: `StoreError` for a store that is damaged, newer than this version, or in use.
  package init(_ directory: URL, settings: StoreSettings = StoreSettings()) throws {
    self.directory = directory
    self.settings = settings
    let path = directory.path
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch { throw StoreError.readOnly(path: path) }
    lock = Mutex(try StoreLock(directory))
    do {
      pool = try DatabasePool(
        path: directory.appendingPathComponent(Self.databaseName).path,
        configuration: Self.configuration(settings))
      // The pool sets a weaker value after the preparation of its writer.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      try Schema.migrate(pool, path: path)
      // The names of new files survive a power cut too.
      for folder in [directory, directory.deletingLastPathComponent()] {
        let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
        fsync(descriptor)
        Foundation.close(descriptor)
      }
    } catch { throw StoreError(error, path: path) }
    buffer = ExposureBuffer(limit: settings.exposureItems)
    writer = WriteQueue(pool, path: path, limit: settings.waiting, buffer: buffer)
    try eraseLeftovers()
  }

  /// Writes what waits, refuses whatever comes later, and lets the directory go.
  ///
  /// A second call does nothing. It blocks until what is read and written has ended, so tasks call
  /// `closeAside`. Whatever begins to read meanwhile or later gets `StoreError.closed`.
  package func close() throws {
    guard writer.close() else { return }
    gate.close()
    // Everything is in one file then, as copies of it need; where that fails the log stays beside it.
    try? pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    do { try pool.close() } catch { throw StoreError(error, path: directory.path) }
    lock.withLock { $0 = nil }
  }

  /// Does what `close` does without blocking a thread of tasks.
  ///
  /// A reading ends on such a thread, and `close` waits for all readings: as many closes as there are
  /// threads would wait for good.
  ///
  /// - Throws: `StoreError`.
  package func closeAside() async throws {
    try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Void, any Error>) in
      let thread = Thread { [self] in caller.resume(with: Result { try close() }) }
      thread.name = "corral-close"
      thread.start()
    }
  }

  /// What a store did and holds, for its operators.
  package struct Statistics: Sendable, Equatable {
    /// Events and other changes that wait for the disk.
    package var waiting: Int
    /// Transactions since the store was opened.
    package var commits: Int
    /// Exposures in memory.
    package var exposuresWaiting: Int
    /// Exposures that were dropped since the store was opened, for lack of room or of a disk.
    package var exposuresDropped: Int
  }

  /// What the store does at the moment; costs two locks.
  package var statistics: Statistics {
    let (exposures, changes) = (buffer.counts, writer.counts)
    return Statistics(
      waiting: changes.waiting, commits: changes.commits, exposuresWaiting: exposures.waiting,
      exposuresDropped: exposures.dropped)
  }

  /// Reads a consistent state without blocking a thread of tasks.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    try await whileOpen { try await pool.read(body) }
  }

  /// Reads a consistent state on the calling thread.
  func readNow<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try whileOpen { try pool.read(body) }
  }

  /// Writes one transaction on the calling thread.
  func writeNow<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try whileOpen { try pool.write(body) }
  }

  /// Uses the database, which is not closed before the end of it.
  ///
  /// - Throws: `StoreError`: `closed` for a store that is closed or being closed; and
  ///   `CancellationError`.
  func whileOpen<Value>(_ body: () async throws -> Value) async throws -> Value {
    guard gate.enter() else { throw StoreError.closed(path: directory.path) }
    defer { gate.leave() }
    do {
      return try await body()
    } catch let error as CancellationError {
      throw error
    } catch { throw StoreError(error, path: directory.path) }
  }

  private func whileOpen<Value>(_ body: () throws -> Value) throws -> Value {
    guard gate.enter() else { throw StoreError.closed(path: directory.path) }
    defer { gate.leave() }
    do { return try body() } catch { throw StoreError(error, path: directory.path) }
  }

  private static func configuration(_ settings: StoreSettings) -> Configuration {
    var configuration = Configuration()
    configuration.label = "corral.store"
    configuration.maximumReaderCount = 8
    configuration.busyMode = .timeout(settings.patience)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA secure_delete = ON")
      if db.configuration.readonly { return }
      // The two about fsync change something on Darwin alone, where fsync does not reach the disk.
      try db.execute(
        sql: """
          PRAGMA cache_size = -65536;
          PRAGMA wal_autocheckpoint = 4000;
          PRAGMA journal_size_limit = 67108864;
          PRAGMA fullfsync = ON;
          PRAGMA checkpoint_fullfsync = ON;
          """)
      if let bytes = settings.largestFile {
        let page = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
        try db.execute(sql: "PRAGMA max_page_count = \(max(1, bytes / page))")
      }
    }
    return configuration
  }
}
