import CorralData
import Foundation

/// A place in a stream of lines.
protocol LineCursor {
  /// The place as checkpoints keep it.
  var position: StreamPosition { get }
  /// The next line in words: `line 17 (byte 2345)`.
  var words: String { get }

  /// Passes a line with its end; a header, and a blank line before it, is not counted by all.
  mutating func pass(_ line: UnsafeRawBufferPointer, isHeader: Bool)
}

/// Lines that become records: what a file that grows and standard input have in common.
///
/// Nothing is passed before it is on its way: a call that throws leaves everything as it was.
struct LineStream<Cursor: LineCursor> {
  /// What errors call the stream.
  let name: String
  private let format: DataFormat
  private let columns: ColumnNames
  private let deadLetter: DeadLetterFile?
  /// The bytes behind the cursor.
  var buffer = LineBuffer()
  private(set) var cursor: Cursor
  /// How many lines are passed unread, since an earlier process has read them.
  var skip = 0
  /// `nil` until the first line was read.
  private var parser: EventLines?

  /// A stream of lines at its beginning.
  init(
    name: String, format: DataFormat, columns: ColumnNames, deadLetter: DeadLetterFile?,
    cursor: Cursor
  ) {
    self.name = name
    self.format = format
    self.columns = columns
    self.deadLetter = deadLetter
    self.cursor = cursor
  }

  /// Goes to a place in a text, with its first line if the place is behind that.
  ///
  /// - Throws: `DataError` for a first line that fits no format.
  mutating func begin(at cursor: Cursor, firstLine: [UInt8]?) throws {
    parser = try firstLine.map(parser(firstLine:))
    self.cursor = cursor
    buffer = LineBuffer()
    skip = 0
  }

  /// Stays at its place in a text, which another file holds now.
  mutating func move(to cursor: Cursor) { self.cursor = cursor }

  /// Whether a whole line was read and not yet passed.
  var hasLine: Bool { buffer.lineEnd(from: 0) != nil }

  /// The records of whole lines that were read, at most `limit`.
  ///
  /// - Throws: `StreamError.badRecord` if the next line is no event and there is no dead letter;
  ///   `StreamError.unwritable`; and `DataError` for a first line that fits no format.
  mutating func records(_ limit: Int) throws -> [StreamRecord] {
    var (cursor, parser, skip, end) = (cursor, parser, skip, 0)
    var records: [StreamRecord] = []
    var letters: [DeadLetter] = []
    while records.count < limit, letters.count < 1_000, let next = buffer.lineEnd(from: end) {
      let reading = try reading(end..<next - 1, &parser, &skip)
      if case .bad(let reason) = reading {
        guard deadLetter != nil else {
          if !records.isEmpty { break }
          throw StreamError.badRecord(source: name, place: cursor.words, reason: reason)
        }
        letters.append(letter(end..<next - 1, cursor, reason))
      }
      buffer.withBytes(end..<next) { cursor.pass($0, isHeader: reading == nil) }
      if case .event(let event) = reading {
        records.append(StreamRecord(event: event, position: cursor.position))
      }
      end = next
    }
    if !letters.isEmpty { try deadLetter?.append(letters) }
    (self.cursor, self.parser, self.skip) = (cursor, parser, skip)
    buffer.pass(end)
    return records
  }

  /// Passes the bytes of a line that will never have an end, as a bad record; nothing if there is none.
  ///
  /// - Throws: `StreamError.badRecord` without a dead letter, and `StreamError.unwritable`.
  mutating func passCut(_ reason: String) throws {
    if buffer.count == 0 { return }
    guard let deadLetter else {
      throw StreamError.badRecord(source: name, place: cursor.words, reason: reason)
    }
    try deadLetter.append([letter(0..<buffer.count, cursor, reason)])
    var cursor = cursor
    buffer.withBytes(0..<buffer.count) { cursor.pass($0, isHeader: false) }
    self.cursor = cursor
    buffer.pass(buffer.count)
  }

  /// Throws `StreamError.unreadable` for a line that is longer than any event.
  func checkLength() throws {
    if buffer.count > LineBuffer.longestLine {
      throw StreamError.unreadable(
        path: name,
        reason: "\(cursor.words) is longer than 16 MB, so this is not a log of events")
    }
  }

  /// What a line without its end holds; `nil` for a header, and for blank lines before the first.
  private func reading(
    _ line: Range<Int>, _ parser: inout EventLines?, _ skip: inout Int
  ) throws -> EventLines.Reading? {
    if parser == nil {
      let bytes = buffer.withBytes(line) { Array($0) }
      if bytes.allSatisfy({ $0 <= UInt8(ascii: " ") }) { return nil }
      let first = try self.parser(firstLine: bytes)
      parser = first
      if first.hasHeader { return nil }
    }
    if skip > 0 {
      skip -= 1
      return .blank
    }
    return buffer.withBytes(line) { parser?.read($0) }
  }

  /// Whether the first line of a text names columns, and is no event.
  func isHeader(_ firstLine: [UInt8]) throws -> Bool { try parser(firstLine: firstLine).hasHeader }

  private func parser(firstLine: [UInt8]) throws -> EventLines {
    try EventLines(firstLine: firstLine, format: format, columns: columns, file: name)
  }

  private func letter(_ range: Range<Int>, _ cursor: Cursor, _ reason: String) -> DeadLetter {
    DeadLetter(
      source: name, position: cursor.position, reason: reason,
      record: buffer.withBytes(range) { Array($0) })
  }
}
