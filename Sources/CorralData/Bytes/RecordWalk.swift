/// Walks over the records of a block of bytes, in order.
struct RecordWalk {
  /// One record, and the number of lines that it spans.
  struct Record {
    /// The bytes without the line end.
    var field: Field
    var lines: Int
    /// Whether a line end follows.
    ///
    /// Only the last record of a file can lack one.
    var hasEnd: Bool
  }

  private let bytes: UnsafeRawBufferPointer
  private let ends: RecordEnds
  private var at = 0
  /// The first quote at or after `at`, in tables with quoted fields.
  private var nextQuote: Int

  init(_ bytes: UnsafeRawBufferPointer, _ ends: RecordEnds) {
    self.bytes = bytes
    self.ends = ends
    nextQuote =
      ends.separator == nil
      ? bytes.count : ends.position(of: Byte.quote, in: bytes, from: 0) ?? bytes.count
  }

  /// The position behind the last record.
  var place: Int { at }

  /// Returns the next record; an empty line is a record too.
  @inline(__always)
  mutating func next() -> Record? {
    guard at < bytes.count, let base = bytes.baseAddress else { return nil }
    var end = ends.position(of: Byte.newline, in: bytes, from: at) ?? bytes.count
    var lines = 1
    if nextQuote < end { passQuotes(&end, &lines) }
    var field = Field(
      start: base.assumingMemoryBound(to: UInt8.self) + at, count: end - at)
    if field.count > 0, field.start[field.count - 1] == Byte.carriageReturn { field.count -= 1 }
    at = end + 1
    return Record(field: field, lines: lines, hasEnd: end < bytes.count)
  }

  /// Moves the end of a record behind its quoted fields.
  @inline(never)
  private mutating func passQuotes(_ end: inout Int, _ lines: inout Int) {
    var quote = nextQuote
    while quote < end {
      var from = quote + 1
      if ends.startsField(quote, in: bytes) {
        switch ends.closing(of: quote, in: bytes, isLast: true) {
        case .closed(let place, let inside):
          if inside > 0 {
            end = ends.position(of: Byte.newline, in: bytes, from: place) ?? bytes.count
            lines += inside
          }
          from = place
        case .open, .unknown: from = end
        }
      }
      quote = ends.position(of: Byte.quote, in: bytes, from: from) ?? bytes.count
    }
    nextQuote = quote
  }
}
