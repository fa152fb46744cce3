/// Reads events from the lines of a log, one line at a time, as a log that grows needs.
///
/// Fields, quotes, numbers, times and the usual names of columns are those of `Dataset.load`, with
/// three differences, since a stream cannot look ahead. A table must have a header. A record is one
/// line: a quoted field does not span lines. Numbers in the column of times are seconds, or from
/// 10^11 on milli-, micro- or nanoseconds by their size, and dates start with the year unless
/// `ColumnNames.dateOrder` says more.
///
/// It owns the memory of one line, so a thread has its own.
package final class EventLines {
  /// What a line holds.
  package enum Reading: Equatable, Sendable {
    case event(StreamEvent)
    /// Nothing but spaces.
    case blank
    /// Something that is no event, and why.
    case bad(String)
  }

  /// How lines are cut into fields.
  private enum Form {
    case table(LineSplitter, width: Int)
    case objects(MemberNames)
  }

  /// Whether the first line names the columns, so that it is no event.
  package let hasHeader: Bool
  private let form: Form
  private let fields: EventFields

  /// A reader of the lines that follow a first line, which is given without its end.
  ///
  /// - Parameters:
  ///   - firstLine: the header of a table, or the first object of JSON lines.
  ///   - format: `automatic`, `csv`, `tsv`, `atomic` or `jsonl`.
  ///   - columns: the names of the columns or members; `rating` names that of the value, which is
  ///     `value` or a usual name of a rating by default.
  ///   - file: what errors call the log.
  /// - Throws: `DataError` for a first line that fits no format or lacks a user or an item.
  package init(
    firstLine: [UInt8], format: DataFormat = .automatic, columns: ColumnNames = ColumnNames(),
    file: String
  ) throws {
    let firstLine = Self.withoutMark(firstLine)
    if firstLine.starts(with: [0x1F, 0x8B]) {
      throw DataError.unreadable(
        file: file, reason: "this is compressed by gzip, which cannot be followed: unpack it")
    }
    if let kind = OtherKind(of: firstLine, in: file, isCompressed: false) {
      throw DataError.unreadable(file: file, reason: kind.advice)
    }
    let head = FileHead(path: file, firstLine: firstLine)
    guard let layout = try Self.layout(head, format, columns, file: file) else {
      hasHeader = false
      form = .objects(MemberNames(columns))
      fields = EventFields(columns)
      return
    }
    hasHeader = true
    form = .table(LineSplitter(layout: layout), width: layout.columns.count)
    fields = try EventFields(columns, in: layout, file: file)
  }

  /// Reads one line without its end; a carriage return at its end does not count.
  package func read(_ line: UnsafeRawBufferPointer) -> Reading {
    guard let start = line.baseAddress else { return .blank }
    var field = Field(start: start.assumingMemoryBound(to: UInt8.self), count: line.count)
    if field.count > 0, field.start[field.count - 1] == Byte.carriageReturn { field.count -= 1 }
    if field.trimmed().count == 0 { return .blank }
    switch form {
    case .objects(let names): return read(object: field, names)
    case .table(let splitter, let width):
      switch splitter.split(field) {
      case .fields(width): return fields.event { splitter.fields[$0] }
      case .fields(let found): return .bad(.fieldCount, value: "\(found)", expected: width)
      case .openQuote:
        return .bad("a quote opens a field and none closes it on the line")
      case .notAnObject: return .bad(.notAnObject)
      }
    }
  }

  private func read(object line: Field, _ names: MemberNames) -> Reading {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: line.count + 1) { bytes in
      guard let scratch = bytes.baseAddress else { return .bad(.notAnObject) }
      var found = [(rank: Int, value: Field)](
        repeating: (.max, Field(start: line.start, count: 0)), count: EventFields.roles.count)
      var scanner = JSONScanner(line: line, unescaped: scratch)
      let isObject = scanner.members { name, value in
        for (role, rank) in names.roles(of: name) where rank <= found[role].rank {
          found[role] = (rank, value)
        }
      }
      return isObject ? fields.event { found[$0].value } : .bad(.notAnObject)
    }
  }

  /// The columns of a table; `nil` for JSON lines.
  private static func layout(
    _ head: FileHead, _ format: DataFormat, _ columns: ColumnNames, file: String
  ) throws -> TableLayout? {
    switch format == .automatic ? try head.format() : format {
    case .jsonl: return nil
    case .atomic: return try head.atomic()
    case .tsv: return try head.table(separator: Byte.tab, header: .yes, columns: columns)
    case .movielens where !head.firstLine.contains("userId"), .taobao:
      throw DataError.badHeader(
        file: file,
        reason: "the log has no header; a log that is followed names its columns in its first"
          + " line, or holds a JSON object per line")
    case .automatic, .csv, .kuairand, .movielens:
      return try head.table(header: .yes, columns: columns)
    }
  }

  private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    return Array(text.last == Byte.carriageReturn ? text.dropLast() : text)
  }
}

extension EventLines.Reading {
  /// The words of a problem with a line or one of its fields.
  static func bad(
    _ reason: RowProblem.Reason, column: String = "", value: String = "", expected: Int = 0
  ) -> Self {
    .bad(
      RowProblem(
        file: "", line: 0, column: column, value: value, reason: reason, expected: expected
      ).words)
  }
}
