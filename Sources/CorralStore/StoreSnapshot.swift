package import Foundation
import GRDB

/// A store as it was at one moment, to be read beside the process that writes it.
///
/// It takes no lock and changes nothing. What is committed after the moment is not seen, and what a
/// service has not committed is not there. SQLite keeps what it has replaced meanwhile, so that the
/// log of the database grows until the reading ends.
package struct StoreSnapshot {
  private let db: Database

  /// Calls `body` with the store of a directory as it is now, on the calling thread.
  ///
  /// - Parameters:
  ///   - directory: the directory of the store.
  ///   - body: reads.
  /// - Returns: what `body` returns.
  /// - Throws: `StoreError` for a directory without a store or with a newer one, and what `body`
  ///   throws.
  package static func read<Result>(
    _ directory: URL, _ body: (StoreSnapshot) throws -> Result
  ) throws -> Result {
    let file = directory.appendingPathComponent(Store.databaseName).path
    guard FileManager.default.fileExists(atPath: file) else {
      throw StoreError.failed(path: directory.path, reason: "it holds no \(Store.databaseName)")
    }
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    let result: Swift.Result<Result, any Error>
    do {
      let queue = try DatabaseQueue(path: file, configuration: configuration)
      result = try queue.read { db in
        try Schema.check(db, path: directory.path)
        return Swift.Result { try body(StoreSnapshot(db: db)) }
      }
    } catch { throw StoreError(error, path: directory.path) }
    return try result.get()
  }

  /// The time of the first event or exposure that has one; `nil` without any.
  ///
  /// Looks at all of them.
  package func earliestTime() throws -> Date? {
    try Int64.fetchOne(
      db,
      sql: """
        SELECT min(time) FROM (SELECT min(time) AS time FROM events UNION ALL
          SELECT min(time) FROM exposures)
        """
    ).map(Instant.date)
  }

  /// How many events come before the first one that has a time; all of them if none has.
  package func leadingUntimedEvents() throws -> Int {
    try Int.fetchOne(
      db,
      sql: """
        SELECT count(*) FROM events WHERE position < ifnull(
          (SELECT position FROM events WHERE time IS NOT NULL ORDER BY position LIMIT 1), ?)
        """, arguments: [Int64.max]) ?? 0
  }

  /// Calls `body` with every event, in the order of their positions.
  package func forEachEvent(_ body: (StoredEvent) throws -> Void) throws {
    var (last, piece) = (Int64(0), [StoredEvent]())
    repeat {
      piece = try Store.events(
        db, where: "e.position > ? ORDER BY e.position LIMIT ?", [last, 10_000])
      for event in piece { try body(event) }
      last = piece.last?.position ?? last
    } while !piece.isEmpty
  }

  /// Calls `body` with every exposure and the events that name it, in the order of recording.
  package func forEachExposure(_ body: (Store.AnsweredExposure) throws -> Void) throws {
    var (last, piece) = (Int64(0), [(key: Int64, answered: Store.AnsweredExposure)]())
    repeat {
      piece = try Store.exposures(db, since: .distantPast, after: last, limit: 500)
      for (_, answered) in piece { try body(answered) }
      last = piece.last?.key ?? last
    } while !piece.isEmpty
  }
}
