package import CorralData
import CorralVectors
package import Foundation

/// Events on standard input: a table with a header, or JSON lines.
///
/// Its position counts lines, since an input cannot go back. A later process that seeks it is given
/// either the same input again, or what comes after.
package final class StandardInput: EventSource {
  /// What the input holds when a position is sought in it.
  package enum Resumption: Sendable {
    /// The same lines from the first: those before the position are passed unread.
    case again
    /// Lines that were not read yet; a table has its header once more.
    case after
  }

  package let name = "standard input"
  package private(set) var hasEnded = false
  private var lines: LineStream<InputCursor>
  private let deadLetter: DeadLetterFile?
  private let descriptor: Int32
  private let resumption: Resumption
  private var isAtEnd = false
  private var block = [UInt8](repeating: 0, count: 1 << 16)

  /// Events on a descriptor, which stays open.
  ///
  /// - Parameters:
  ///   - resumption: what the input holds when a position is sought.
  ///   - format: how lines are written.
  ///   - columns: which fields make up an event.
  ///   - deadLetter: where bad records go; `nil` to stop at the first.
  ///   - descriptor: 0 for standard input.
  package init(
    resumption: Resumption = .again, format: DataFormat = .automatic,
    columns: ColumnNames = ColumnNames(), deadLetter: URL? = nil, descriptor: Int32 = 0
  ) {
    self.descriptor = descriptor
    self.resumption = resumption
    self.deadLetter = deadLetter.map(DeadLetterFile.init)
    lines = LineStream(
      name: "standard input", format: format, columns: columns, deadLetter: self.deadLetter,
      cursor: InputCursor())
  }

  package var deadLetters: Int { deadLetter?.count ?? 0 }

  package var position: StreamPosition {
    // Lines that are still to be passed unread were read by an earlier process.
    .input(InputPlace(lines: lines.cursor.lines + lines.skip))
  }

  package func available(_ limit: Int) throws -> [StreamRecord] {
    while true {
      let records = try lines.records(limit)
      if !records.isEmpty || hasEnded { return records }
      if lines.hasLine { continue }
      if isAtEnd {
        try end()
        return []
      }
      guard try isReadable(within: 0) else { return [] }
      try read()
    }
  }

  package func wait(_ seconds: Double) throws {
    if !isAtEnd { _ = try isReadable(within: seconds) }
  }

  package func seek(to position: StreamPosition) throws {
    guard case .input(let place) = position else {
      throw StreamError.foreign(position: position, source: name)
    }
    let ahead = place.lines - lines.cursor.lines
    switch resumption {
    case .again:
      if ahead < 0 { throw StreamError.cannotGoBack(position: position) }
      lines.skip = ahead
    case .after:
      if ahead == 0 { return }
      guard lines.cursor.lines == 0 else { throw StreamError.cannotGoBack(position: position) }
      lines.move(to: InputCursor(lines: place.lines))
    }
  }

  /// Unknown, but for the bytes that were read and not given.
  package func lag() -> StreamLag { isAtEnd ? StreamLag(bytes: lines.buffer.count) : StreamLag() }

  /// Checks that nothing is missing at the end of the input.
  private func end() throws {
    if lines.skip > 0 {
      throw StreamError.gone(
        position: position,
        reason: "the input ended after \(lines.cursor.lines) lines, so it is not the same one")
    }
    try lines.passCut("the input ends in the middle of the line")
    hasEnded = true
  }

  private func isReadable(within seconds: Double) throws -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let count = poll(&request, 1, Int32(min(seconds * 1000, 1e6).rounded(.up)))
    // A signal ends the waiting early.
    if count < 0, errno != EINTR { throw refusal() }
    return count > 0
  }

  private func read() throws {
    let count = block.withUnsafeMutableBytes {
      Foundation.read(descriptor, $0.baseAddress, $0.count)
    }
    if count < 0 {
      if errno == EINTR || errno == EAGAIN { return }
      throw refusal()
    }
    if count == 0 { isAtEnd = true }
    block.withUnsafeBytes { lines.buffer.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    try lines.checkLength()
  }

  private func refusal() -> StreamError {
    .unreadable(path: name, reason: SystemReason.text(errno))
  }
}

/// A place in standard input: the lines without the header.
struct InputCursor: LineCursor {
  var lines = 0
  private var headers = 0

  /// A place behind lines.
  init(lines: Int = 0) { self.lines = lines }

  var position: StreamPosition { .input(InputPlace(lines: lines)) }
  var words: String { "line \(lines + headers + 1)" }

  mutating func pass(_ line: UnsafeRawBufferPointer, isHeader: Bool) {
    if isHeader { headers += 1 } else { lines += 1 }
  }
}
