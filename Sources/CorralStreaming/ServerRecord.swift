import CorralData
import Foundation

/// What a server of streams keeps as one record: what Redis and Kafka have in common.
struct ServerRecord {
  /// What the record holds.
  var reading: EventLines.Reading
  /// The record as a dead letter keeps it; empty for an event.
  var bytes: [UInt8]
  /// The record in words: `entry 17-0`.
  var words: String
  /// The place behind the record.
  var position: StreamPosition

  /// What a JSON object holds, in which a line end counts as a space.
  static func reading(of object: [UInt8], by events: EventLines) -> EventLines.Reading {
    let end = UInt8(ascii: "\n")
    let line = object.contains(end) ? object.map { $0 == end ? UInt8(ascii: " ") : $0 } : object
    return line.withUnsafeBytes { events.read($0) }
  }

  /// The events of the first records, at most `limit`, and how many records are passed with them.
  ///
  /// - Parameters:
  ///   - records: records in order.
  ///   - limit: the most events.
  ///   - start: the place before the first record.
  ///   - name: what errors call the source.
  ///   - deadLetter: where bad records go; `nil` to stop at the first.
  /// - Returns: events in order, and a number of records.
  /// - Throws: `StreamError.badRecord` if the first is none and there is no dead letter, and
  ///   `StreamError.unwritable`; then no record is passed.
  static func pass(
    _ records: some Sequence<ServerRecord>, _ limit: Int, from start: StreamPosition,
    of name: String, deadLetter: DeadLetterFile?
  ) throws -> (events: [StreamRecord], count: Int) {
    var (events, letters) = ([StreamRecord](), [DeadLetter]())
    var (before, count) = (start, 0)
    for record in records {
      if events.count == limit || letters.count == 1_000 { break }
      switch record.reading {
      case .event(let event):
        events.append(StreamRecord(event: event, position: record.position))
      case .blank: break
      case .bad(let reason):
        guard deadLetter != nil else {
          if !events.isEmpty { return (events, count) }
          throw StreamError.badRecord(source: name, place: record.words, reason: reason)
        }
        letters.append(
          DeadLetter(source: name, position: before, reason: reason, record: record.bytes))
      }
      before = record.position
      count += 1
    }
    if !letters.isEmpty { try deadLetter?.append(letters) }
    return (events, count)
  }
}
