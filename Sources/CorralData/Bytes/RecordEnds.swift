import CorralVectors
import Foundation

/// Finds where the records of a table end: at line ends outside quoted fields.
///
/// A quoted field may span lines (RFC 4180), at most 1,000 lines and 1 MB, and its closing quote
/// stands before a separator or a line end. If a field has no such closing quote, it ends with its
/// line and the row is a bad one.
struct RecordEnds: Sendable {
  /// The end of a quoted field.
  enum Closing {
    /// The field ends at `end`, after its closing quote, with `lines` line ends inside.
    case closed(end: Int, lines: Int)
    /// The field has no closing quote.
    case open
    /// The field ends beyond the bytes at hand.
    case unknown
  }

  static let mostLines = 1_000
  static let mostBytes = 1 << 20

  /// The byte between fields if fields can be quoted, else `nil`.
  let separator: UInt8?
  /// Whether spaces can stand between a separator and a quote.
  let skipsSpaces: Bool

  /// Records that end with their lines.
  static let lines = RecordEnds(separator: nil, skipsSpaces: false)

  private init(separator: UInt8?, skipsSpaces: Bool) {
    self.separator = separator
    self.skipsSpaces = skipsSpaces
  }

  init(_ layout: TableLayout) {
    if case .quoted(let byte) = layout.dialect { separator = byte } else { separator = nil }
    skipsSpaces = layout.trimsSpaces
  }

  /// Returns the end of the last whole record, or 0 if there is none, and the quoted fields before
  /// it that span lines.
  func end(of bytes: UnsafeRawBufferPointer, isLast: Bool) -> (end: Int, spans: [Range<Int>]) {
    var spans: [Range<Int>] = []
    var limit = bytes.count
    var at = 0
    while separator != nil, let quote = position(of: Byte.quote, in: bytes, from: at) {
      at = quote + 1
      guard startsField(quote, in: bytes) else { continue }
      switch closing(of: quote, in: bytes, isLast: isLast) {
      case .closed(let end, let lines):
        if lines > 0 { spans.append(quote..<end) }
        at = end
      case .open: at = position(of: Byte.newline, in: bytes, from: at) ?? bytes.count
      case .unknown:
        limit = quote
        at = bytes.count
      }
    }
    if isLast { return (bytes.count, spans) }
    while let last = lastNewline(in: bytes, before: limit) {
      // Drop the fields of the record that is cut.
      while let span = spans.last, span.lowerBound > last { spans.removeLast() }
      guard let span = spans.last, span.upperBound > last else { return (last + 1, spans) }
      limit = span.lowerBound
      spans.removeLast()
    }
    return (0, [])
  }

  /// Returns the end of the first record that ends at or after a position, given the quoted fields
  /// that span lines.
  func recordEnd(
    in bytes: UnsafeRawBufferPointer, from start: Int, spans: [Range<Int>]
  ) -> Int {
    var at = start
    while let newline = position(of: Byte.newline, in: bytes, from: at) {
      // Find the last quoted field that starts before this line end.
      let next = spans.partitioningIndex { $0.lowerBound >= newline }
      guard next > 0, spans[next - 1].upperBound > newline else { return newline + 1 }
      at = spans[next - 1].upperBound
    }
    return bytes.count
  }

  /// Whether a field starts with the quote at this place.
  @inline(__always)
  func startsField(_ quote: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
    var before = quote - 1
    while skipsSpaces, before >= 0, bytes[before] == Byte.space { before -= 1 }
    return before < 0 || bytes[before] == separator || bytes[before] == Byte.newline
  }

  /// Finds the end of the field that a quote opens.
  func closing(of quote: Int, in bytes: UnsafeRawBufferPointer, isLast: Bool) -> Closing {
    var at = quote + 1
    var lines = 0
    var counted = at
    while let found = position(of: Byte.quote, in: bytes, from: at) {
      if found - quote > Self.mostBytes { return .open }
      while let newline = position(of: Byte.newline, in: bytes, from: counted), newline < found {
        lines += 1
        counted = newline + 1
      }
      if lines >= Self.mostLines { return .open }
      let next = found + 1
      if next == bytes.count {
        return isLast ? .closed(end: next, lines: lines) : .unknown
      }
      if bytes[next] == Byte.quote {
        at = next + 1
        continue
      }
      if lines == 0 || ends(at: next, in: bytes) { return .closed(end: next, lines: lines) }
      return .open
    }
    return isLast || bytes.count - quote > Self.mostBytes ? .open : .unknown
  }

  /// Whether a field ends at this position.
  private func ends(at place: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
    var at = place
    while skipsSpaces, at < bytes.count, bytes[at] == Byte.space { at += 1 }
    guard at < bytes.count else { return true }
    return bytes[at] == separator || bytes[at] == Byte.newline || bytes[at] == Byte.carriageReturn
  }

  /// Returns the first position of a byte at or after `start`.
  @inline(__always)
  func position(of byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < bytes.count, let base = bytes.baseAddress,
      let found = memchr(base + start, Int32(byte), bytes.count - start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }

  private func lastNewline(in bytes: UnsafeRawBufferPointer, before end: Int) -> Int? {
    var at = end - 1
    while at >= 0, bytes[at] != Byte.newline { at -= 1 }
    return at < 0 ? nil : at
  }
}
