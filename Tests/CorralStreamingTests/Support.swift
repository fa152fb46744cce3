import CorralData
import CorralStore
import CorralStreaming
import CorralVectors
import Foundation
import Testing

/// Made-up events: ids with what formats must quote, values and times that may be missing.
func madeUpEvents(_ count: Int, seed: UInt64) -> [StreamEvent] {
  var random = SeededGenerator(seed: seed)
  let ids = ["ada", "bob", "eve", "Zoë", "a,b", "say \"hi\"", "☕️"]
  return (0..<count).map { number in
    StreamEvent(
      user: ids[random.next(below: ids.count)], item: "i-\(number)",
      type: ["click", "buy", "dislike"][random.next(below: 3)],
      value: random.next(below: 2) == 0 ? nil : Double(random.next(below: 40)) / 4,
      time: random.next(below: 4) == 0
        ? nil : 1_700_000_000 + Double(number) + Double(random.next(below: 4)) / 4)
  }
}

/// How tests write a log.
enum Style: CaseIterable, Sendable {
  case csv, tsv, jsonl

  var header: String {
    switch self {
    case .csv: "user,item,type,value,time\n"
    case .tsv: "user_id\titem_id\tevent\trating\ttimestamp\n"
    case .jsonl: ""
    }
  }

  /// The line of an event, with its end.
  func line(_ event: StreamEvent) -> String {
    let numbers: [String] = [event.value, event.time].map { $0.map { "\($0)" } ?? "" }
    switch self {
    case .csv:
      return ([event.user, event.item, event.type ?? ""].map(quoted) + numbers)
        .joined(separator: ",") + "\n"
    case .tsv:
      return ([event.user, event.item, event.type ?? ""] + numbers).joined(separator: "\t") + "\n"
    case .jsonl:
      var members = [
        "\"user\": \"\(escaped(event.user))\"", "\"item\": \"\(escaped(event.item))\"",
      ]
      if let type = event.type { members.append("\"type\": \"\(type)\"") }
      members.append("\"value\": \(event.value.map { "\($0)" } ?? "null")")
      if let time = event.time { members.append("\"time\": \(time)") }
      return "{" + members.joined(separator: ", ") + "}\n"
    }
  }

  /// The text of a log of events.
  func text(_ events: [StreamEvent]) -> String { header + events.map(line).joined() }

  private func quoted(_ text: String) -> String {
    text.contains(",") || text.contains("\"")
      ? "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : text
  }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "\"", with: "\\\"")
  }
}

/// A file that a test writes through one descriptor, as a program that logs does.
final class LogWriter {
  private(set) var path: String
  private var descriptor: Int32

  /// Begins a file, or goes on with it.
  init(_ file: URL) {
    path = file.path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    precondition(descriptor >= 0, "cannot write \(path)")
  }

  deinit { close(descriptor) }

  /// Appends a text in one call.
  func write(_ text: String) { write(Array(text.utf8)) }

  /// Appends bytes in one call.
  func write(_ bytes: [UInt8]) {
    precondition(Foundation.write(descriptor, bytes, bytes.count) == bytes.count)
  }

  /// Writes to the file that is at the path now, which is made if there is none.
  func reopen() {
    close(descriptor)
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    precondition(descriptor >= 0, "cannot write \(path)")
  }

  /// Cuts the file to nothing.
  func truncate() { precondition(ftruncate(descriptor, 0) == 0) }
}

/// Renames a file, which must succeed.
func rename(_ old: URL, _ new: URL) {
  precondition(Foundation.rename(old.path, new.path) == 0, "cannot rename \(old.path)")
}

/// A pipe that a thread fills with a text and closes; returns the end to read from.
func pipe(holding text: String) -> Int32 {
  var ends: [Int32] = [0, 0]
  precondition(Foundation.pipe(&ends) == 0)
  let output = ends[1]
  Thread.detachNewThread {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Foundation.write(output, $0.baseAddress, min(10_000, $0.count))
      }
      precondition(count > 0)
      written += count
    }
    close(output)
  }
  return ends[0]
}

/// Runs `body` on a thread of its own, since sources block, and a task's thread must not be.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
{
  try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Value, any Error>) in
    Thread.detachNewThread { caller.resume(with: Result(catching: body)) }
  }
}

/// How long a test waits for what is sure to come, in seconds: no result depends on it.
///
/// A writer may wait for minutes for a thread, while other tests have all of them.
let patience = 3600.0

/// Repeats what a server may be too slow for: those who wait for it have little patience in some tests.
func untilReached<Value>(_ body: () throws -> Value) throws -> Value {
  while true {
    do { return try body() } catch StreamError.unreachable {}
  }
}

extension EventSource {
  /// Reads a number of records in batches of random size, waiting for them.
  func read(_ count: Int, random: inout SeededGenerator) throws -> [StreamRecord] {
    var records: [StreamRecord] = []
    while records.count < count {
      let limit = min(count - records.count, 1 + random.next(below: 40))
      let batch = try next(limit, waiting: patience)
      #expect(batch.count <= limit)
      if batch.isEmpty {
        Issue.record("the source gave \(records.count) records of \(count)")
        return records
      }
      records += batch
    }
    return records
  }

  /// Reads whatever is there, without waiting.
  func rest() throws -> [StreamRecord] {
    var records: [StreamRecord] = []
    while true {
      let batch = try next(100)
      if batch.isEmpty { return records }
      records += batch
    }
  }
}

/// A position that went through the text of a checkpoint.
func saved(_ position: StreamPosition) throws -> StreamPosition {
  let data = try JSONEncoder().encode(position)
  let decoded = try JSONDecoder().decode(StreamPosition.self, from: data)
  #expect(decoded == position)
  return decoded
}

/// Events as a server appends them to its store.
func stored(_ events: [StreamEvent]) -> [Event] {
  events.map {
    Event(
      user: $0.user, item: $0.item, type: $0.type ?? "", value: $0.value,
      time: $0.time.map { Date(timeIntervalSince1970: $0) })
  }
}
