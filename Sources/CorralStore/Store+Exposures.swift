package import Foundation
import GRDB

extension Store {
  /// Holds what an answer showed until the next transaction writes it; returns at once.
  ///
  /// It is written with the next event, or after `StoreSettings.exposureDelay`, or by `close`. A
  /// process that is killed before loses it. Where there is no room it is dropped and counted. The
  /// user gets a key; a forgotten one who has not come back stays anonymous.
  package func record(_ exposure: Exposure) {
    guard exposure.isStorable && !writer.isClosed else { return buffer.drop([exposure]) }
    let (isFirst, isUrgent) = buffer.add(exposure)
    if isUrgent { writer.flush() } else if isFirst { writer.flush(after: settings.exposureDelay) }
  }

  /// Writes the exposures recorded so far; returns when they are on the disk.
  package func flush() async throws { try await writer.write { _ in } }

  /// What an answer showed, and the events that name it as their request.
  package struct AnsweredExposure: Sendable, Equatable {
    package var exposure: Exposure
    /// The events of any item with this request, the oldest first.
    package var events: [StoredEvent]
  }

  /// Calls `body` with every exposure from a time on, in the order in which they were recorded, on the
  /// calling thread.
  ///
  /// It reads in pieces, in constant memory.
  ///
  /// - Throws: `StoreError`, and what `body` throws.
  package func forEachExposure(
    since: Date = .distantPast, _ body: (AnsweredExposure) throws -> Void
  ) throws {
    var (last, piece) = (Int64(0), [(key: Int64, answered: AnsweredExposure)]())
    repeat {
      piece = try readNow { try Self.exposures($0, since: since, after: last, limit: 500) }
      for (_, answered) in piece { try body(answered) }
      last = piece.last?.key ?? last
    } while !piece.isEmpty
  }

  /// Some exposures after one, each with its key.
  static func exposures(
    _ db: Database, since: Date, after key: Int64, limit: Int64
  ) throws -> [(key: Int64, answered: AnsweredExposure)] {
    let names = try Names(db)
    let query = try Query(
      db,
      """
      SELECT x.key, x.request, u.id, x.time, x.model, x.arm, x.items
        FROM exposures x LEFT JOIN users u ON u.key = x.user
        WHERE x.key > ? AND x.time >= ? ORDER BY x.key LIMIT ?
      """)
    query.bind(key, at: 1)
    query.bind(Instant.microseconds(since), at: 2)
    query.bind(limit, at: 3)
    let ids = try Query(db, "SELECT id FROM items WHERE key = ?")
    var found: [(key: Int64, answered: AnsweredExposure)] = []
    while try query.step() {
      let exposure = Exposure(
        request: query.text(1), user: query.textIfAny(2), time: Instant.date(query.integer(3)),
        model: names[query.integer(4)], arm: query.integerIfAny(5).map { names[$0] },
        items: try query.withBytes(6, ShownItem.items(in:)).map { try item($0, ids, names) })
      found.append((query.integer(0), AnsweredExposure(exposure: exposure, events: [])))
    }
    for index in found.indices {
      let key = found[index].key
      found[index].answered.events = try events(
        db, where: "e.request = (SELECT request FROM exposures WHERE key = ?) ORDER BY e.position",
        [key])
    }
    return found
  }

  private static func item(
    _ shown: ShownItem, _ ids: Query, _ names: Names
  ) throws -> Exposure.Item {
    ids.bind(Int64(shown.item), at: 1)
    defer { ids.reset() }
    return Exposure.Item(
      id: try ids.step() ? ids.text(0) : "", position: Int(shown.place),
      source: names[Int64(shown.source)], stage: names[Int64(shown.stage)], score: shown.score,
      logProbability: shown.logProbability)
  }
}

extension Exposure {
  /// Whether every text in it can be stored.
  fileprivate var isStorable: Bool {
    let texts = [request, model] + [user, arm].compactMap(\.self)
    return texts.allSatisfy { !$0.utf8.contains(0) }
      && items.allSatisfy {
        !$0.id.utf8.contains(0) && !$0.source.utf8.contains(0) && !$0.stage.utf8.contains(0)
      }
  }
}
