import CorralData
import CorralStreaming
import CorralVectors
import Foundation
import Testing

/// Whether a source can go back to a place that it has passed.
enum Direction { case anywhere, forward }

/// Checks what every source keeps, on one whose events are known and all there.
///
/// - Parameters:
///   - events: what the source holds.
///   - seed: of the sizes of batches and the places that are sought.
///   - direction: whether the source can go back.
///   - sourceLocation: where a test asks for the checks.
///   - make: makes the source anew, at its beginning.
/// - Throws: what the source throws.
func expectSourceContract(
  of events: [StreamEvent], seed: UInt64, _ direction: Direction = .anywhere,
  sourceLocation: SourceLocation = #_sourceLocation, make: () throws -> any EventSource
) throws {
  var random = SeededGenerator(seed: seed)
  // Every event once, in order, in batches of any size.
  for _ in 0..<3 {
    let source = try make()
    let records = try source.read(events.count, random: &random)
    #expect(records.map(\.event) == events, sourceLocation: sourceLocation)
    #expect(try source.next(10).isEmpty, sourceLocation: sourceLocation)
    #expect(source.position == records.last?.position, sourceLocation: sourceLocation)
    #expect(Set(records.map(\.position)).count == events.count, sourceLocation: sourceLocation)
    #expect(source.deadLetters == 0, sourceLocation: sourceLocation)
    let lag = try source.lag()
    #expect((lag.events ?? 0, lag.bytes ?? 0) == (0, 0), sourceLocation: sourceLocation)
  }
  // A new source goes on from where another one was, after any batch and after any record.
  for _ in 0..<6 {
    let read = random.next(below: events.count + 1)
    let source = try make()
    let records = try source.read(read, random: &random)
    #expect(source.position == records.last?.position ?? source.position)
    let again = try make()
    try again.seek(to: saved(source.position))
    #expect(again.position == source.position, sourceLocation: sourceLocation)
    let rest = try again.read(events.count - read, random: &random)
    #expect(rest.map(\.event) == Array(events[read...]), sourceLocation: sourceLocation)
    #expect(try again.next(10).isEmpty, sourceLocation: sourceLocation)
    let earlier = random.next(below: read + 1)
    if earlier > 0 {
      let third = try make()
      try third.seek(to: saved(records[earlier - 1].position))
      let rest = try third.read(events.count - earlier, random: &random)
      #expect(rest.map(\.event) == Array(events[earlier...]), sourceLocation: sourceLocation)
    }
  }
  if direction == .anywhere {
    let source = try make()
    let start = source.position
    let records = try source.read(events.count, random: &random)
    for _ in 0..<6 {
      let place = random.next(below: events.count)
      try source.seek(to: saved(place == 0 ? start : records[place - 1].position))
      let count = random.next(below: events.count - place + 1)
      let some = try source.read(count, random: &random)
      #expect(some.map(\.event) == Array(events[place..<place + count]))
    }
  }
  // A place of another kind of stream is refused, and the source stays where it was.
  let source = try make()
  _ = try source.read(events.count / 2, random: &random)
  let here = source.position
  let others: [StreamPosition] = [
    .store(StorePlace(store: "other", after: 1)), .input(InputPlace(lines: 1)),
    .file(FilePlace(path: "x", inode: 1, headLength: 0, head: "", offset: 0, line: 0)),
    .redis(RedisPlace(stream: "other", after: .zero, count: 0)),
    .kafka(KafkaPlace(cluster: nil, topic: "other", offsets: [])),
  ]
  for other in others {
    if case .input = other, case .input = here { continue }
    if case .file = other, case .file = here { continue }
    #expect(
      throws: StreamError.foreign(position: other, source: foreignName(source)),
      sourceLocation: sourceLocation
    ) { try source.seek(to: other) }
  }
  #expect(source.position == here, sourceLocation: sourceLocation)
  let rest = try source.read(events.count - events.count / 2, random: &random)
  #expect(rest.map(\.event) == Array(events[(events.count / 2)...]), sourceLocation: sourceLocation)
}

/// What an error about a foreign place calls a source.
private func foreignName(_ source: any EventSource) -> String {
  if case .store(let place) = source.position {
    return "\(source.name) (store \(place.store))"
  }
  return source.name
}

/// Checks that a source which waits is given what comes, at once and once.
///
/// - Parameters:
///   - events: what comes.
///   - make: makes the source, of which nothing is there yet.
///   - send: sends an event; called on another thread, when the reader may be waiting.
/// - Throws: what the source throws.
func expectWaiting(
  for events: [StreamEvent], make: @escaping @Sendable () throws -> any EventSource,
  send: @escaping @Sendable (StreamEvent) -> Void
) async throws {
  let isRead = DispatchSemaphore(value: 0)
  Thread.detachNewThread {
    for event in events {
      send(event)
      // One at a time: each time the reader waits for something that is not there.
      isRead.wait()
    }
  }
  let read = try await onThread {
    let source = try make()
    var read: [StreamEvent] = []
    while read.count < events.count {
      let batch = try source.next(10, waiting: patience)
      read += batch.map(\.event)
      for _ in batch { isRead.signal() }
      if batch.isEmpty { break }
    }
    #expect(try source.next(10, waiting: 0.01).isEmpty)
    return read
  }
  #expect(read == events)
}
