package import CorralData
package import Foundation

/// The events of one stream of Redis (`XADD`), from the first that the stream holds.
///
/// An entry has the fields of an event, by the usual names, or one field `event` that holds a JSON
/// object. The source reads as many others may (`XREAD`), belongs to no group and changes nothing. Its
/// position is the id of the last entry; whoever reads on from it gets every later entry once.
/// Entries that were deleted (`XDEL`) are not given; where later entries were trimmed away
/// (`XTRIM`, `MAXLEN`), the source stops with `StreamError.gone`. It needs Redis 7.
///
/// While the server is away each call throws `StreamError.unreachable`, and `wait` waits longer and
/// longer, 5 seconds at most; the first call after it is back goes on.
package final class RedisSource: EventSource {
  /// The most entries of one request.
  private static let mostEntries = 2_000

  package let name: String
  package let hasEnded = false
  private let address: RedisAddress
  private let patience: Double
  private let deadLetter: DeadLetterFile?
  private let events: EventLines
  private var place: RedisPlace
  private var connection: RedisConnection?
  /// How long to wait before the next attempt to connect, in seconds.
  private var pause = RedisSource.shortestPause
  private static let shortestPause = 0.1

  /// Connects to a stream, which need not be there yet.
  ///
  /// - Parameters:
  ///   - address: where the stream is.
  ///   - columns: which fields make up an event.
  ///   - deadLetter: where bad records go; `nil` to stop at the first.
  ///   - patience: how long connecting, or an answer, may take, in seconds.
  /// - Throws: `StreamError.unreachable`, `StreamError.refused`, and `DataError` for columns.
  package init(
    _ address: RedisAddress, columns: ColumnNames = ColumnNames(), deadLetter: URL? = nil,
    patience: Double = 10
  ) throws {
    name = address.name
    self.address = address
    self.patience = patience
    self.deadLetter = deadLetter.map(DeadLetterFile.init)
    events = try EventLines(
      firstLine: Array("{}".utf8), format: .jsonl, columns: columns, file: address.name)
    place = RedisPlace(stream: address.stream, after: .zero, count: 0)
    // What was trimmed before the first reading cannot be known.
    place.count = try look(behind: place, 1).stream?.removed ?? 0
  }

  package var deadLetters: Int { deadLetter?.count ?? 0 }
  package var position: StreamPosition { .redis(place) }

  package func available(_ limit: Int) throws -> [StreamRecord] {
    let found = try look(behind: place, min(limit, Self.mostEntries))
    try check(place, found)
    var records: [ServerRecord] = []
    var place = place
    for entry in found.entries {
      place.after = entry.id
      place.count = entry.id == found.stream?.lastID ? found.stream?.added ?? 0 : place.count + 1
      let text = entry.text
      var reading = ServerRecord.reading(of: text, by: events)
      if reading == .blank { reading = .bad("its field 'event' is empty") }
      records.append(
        ServerRecord(
          reading: reading, bytes: text, words: "entry \(entry.id)", position: .redis(place)))
    }
    let passed = try ServerRecord.pass(
      records, limit, from: position, of: name, deadLetter: deadLetter)
    if passed.count > 0, case .redis(let place) = records[passed.count - 1].position {
      self.place = place
    }
    return passed.events
  }

  package func wait(_ seconds: Double) {
    guard connection == nil else { return Thread.sleep(forTimeInterval: seconds) }
    Thread.sleep(forTimeInterval: min(seconds, pause))
    pause = min(5, pause * 2)
  }

  package func seek(to position: StreamPosition) throws {
    guard case .redis(let place) = position, place.stream == address.stream, place.count >= 0
    else {
      throw StreamError.foreign(position: position, source: name)
    }
    try check(place, look(behind: place, 1))
    self.place = place
  }

  package func lag() throws -> StreamLag {
    let found = try look(behind: place, 1)
    guard let stream = found.stream, let last = stream.last, last > place.after else {
      return StreamLag(events: 0)
    }
    return StreamLag(events: max(0, min(stream.added - place.count, stream.length)))
  }

  /// What the server holds behind a place, all of one moment.
  private struct Found {
    /// `nil` if there is no stream.
    var stream: RedisStream?
    /// Whether the entry before the place is there.
    var holdsEntry: Bool
    /// The entries behind the place.
    var entries: [RedisEntry]
  }

  private func look(behind place: RedisPlace, _ limit: Int) throws -> Found {
    let (key, id) = (place.stream, "\(place.after)")
    let replies = try connected {
      try $0.runTogether([
        ["XINFO", "STREAM", key], ["XRANGE", key, id, id],
        ["XREAD", "COUNT", "\(limit)", "STREAMS", key, id],
      ])
    }
    for (number, reply) in replies.enumerated() {
      guard case .error(let text) = reply else { continue }
      if number == 0, text.hasPrefix("ERR no such key") { continue }
      throw StreamError.refused(source: name, reason: "it answers '\(text)'")
    }
    let stream = RedisStream(replies[0])
    if stream == nil, replies[0].elements != nil {
      throw StreamError.refused(
        source: name, reason: "it does not count the entries of a stream; use Redis 7 or later")
    }
    // The answer is a list of one key with its entries, or nothing.
    let lists = replies[2].elements?.first?.elements?.last?.elements ?? []
    let entries = lists.compactMap(RedisEntry.init)
    let ids = [place.after] + entries.map(\.id)
    guard entries.count == lists.count, zip(ids, ids.dropFirst()).allSatisfy(<) else {
      throw StreamError.refused(source: name, reason: "it gave entries of an unknown form")
    }
    return Found(
      stream: stream, holdsEntry: replies[1].elements?.isEmpty == false, entries: entries)
  }

  /// Throws `StreamError.gone` if the stream has a gap behind a place.
  private func check(_ place: RedisPlace, _ found: Found) throws {
    let reason =
      if let stream = found.stream {
        stream.gap(behind: place, holdsEntry: found.holdsEntry)
      } else {
        place.count == 0 ? nil : "there is no stream \(place.stream) any more"
      }
    if let reason { throw StreamError.gone(position: .redis(place), reason: reason) }
  }

  /// Calls a function with the connection, which is made if there is none.
  ///
  /// One that the server closed while nothing was read is made anew at once.
  private func connected<Answer>(_ body: (RedisConnection) throws -> Answer) throws -> Answer {
    let isUsed = connection != nil
    do {
      return try attempt(body)
    } catch let error as StreamError {
      guard isUsed, case .unreachable = error else { throw error }
      return try attempt(body)
    }
  }

  private func attempt<Answer>(_ body: (RedisConnection) throws -> Answer) throws -> Answer {
    do {
      let connection = try connection ?? RedisConnection(address, patience: patience)
      let answer = try body(connection)
      self.connection = connection
      pause = Self.shortestPause
      return answer
    } catch {
      connection = nil
      throw error
    }
  }
}
