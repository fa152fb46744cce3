import Foundation

/// The first lines of a file, from which its format is recognised.
struct FileHead {
  /// The file name without folder and `.gz`.
  let name: String
  let firstLine: String
  private let path: String
  private let bytes: [UInt8]
  /// Whether the head holds the whole text.
  private let isWhole: Bool

  init(_ file: FileBytes) throws {
    path = file.path
    let last = (file.path as NSString).lastPathComponent
    name = last.hasSuffix(".gz") ? String(last.dropLast(3)) : last
    let length = 1 << 18
    bytes = try file.head(length)
    isWhole = bytes.count < length
    guard let first = Self.records(of: bytes, RecordEnds.lines, limit: 1, \.text).first else {
      throw DataError.emptyFile(path)
    }
    firstLine = first
  }

  /// The head of a text of which only the first line is known, without its end.
  init(path: String, firstLine bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    name = (path as NSString).lastPathComponent
    isWhole = true
    firstLine = bytes.withUnsafeBufferPointer { Field($0).text }
  }

  /// Returns the first records that are not empty.
  private static func records<Result>(
    of bytes: [UInt8], _ ends: RecordEnds, limit: Int, _ body: (Field) -> Result
  ) -> [Result] {
    bytes.withUnsafeBytes { bytes in
      var walk = RecordWalk(bytes, ends)
      var found: [Result] = []
      while found.count < limit, let record = walk.next() {
        if record.field.count > 0 { found.append(body(record.field)) }
      }
      return found
    }
  }

  /// Returns the fields of the first rows of a layout, at most 1,000.
  ///
  /// A row that does not fit has none.
  private func rows(of layout: TableLayout) -> [[String]] {
    let splitter = LineSplitter(layout: layout)
    var rows = Self.records(of: bytes, RecordEnds(layout), limit: 1_001) { field -> [String] in
      guard case .fields(let count) = splitter.split(field) else { return [] }
      return (0..<min(count, layout.columns.count)).map { splitter.fields[$0].text }
    }
    // The end of the head may cut off a row.
    if !isWhole { rows = rows.dropLast() }
    return rows
  }

  /// Whether the first line is a header of atomic files.
  var isAtomic: Bool {
    firstLine.split(separator: "\t").contains { field in
      [":token", ":float", ":token_seq", ":float_seq"].contains { field.hasSuffix($0) }
    }
  }

  /// Recognises the format by name and first line.
  func format() throws -> DataFormat {
    if isAtomic || name.hasSuffix(".inter") { return .atomic }
    if firstLine.hasPrefix("{") || name.hasSuffix(".jsonl") { return .jsonl }
    if name == "u.data" || name == "ratings.dat" { return .movielens }
    let commas = firstLine.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if commas.count == 5, ["pv", "buy", "cart", "fav"].contains(commas[3]) { return .taobao }
    if commas.starts(with: ["user_id", "video_id"]), commas.contains("is_click") {
      return .kuairand
    }
    if firstLine.split(separator: "::").count == 4 { return .movielens }
    let tabs = firstLine.split(separator: "\t", omittingEmptySubsequences: false)
    if tabs.count == 4, tabs.allSatisfy({ Double($0) != nil }) { return .movielens }
    if commas == ["userId", "movieId", "rating", "timestamp"] { return .movielens }
    if tabs.count > 1 { return .tsv }
    if ([Byte.comma] + Self.otherSeparators).contains(where: { count(of: $0) > 0 }) { return .csv }
    throw DataError.unrecognised(file: path, firstLine: firstLine)
  }

  private static let otherSeparators: [UInt8] = [0x3B, Byte.pipe, Byte.tab]

  /// Counts a byte in the first line outside quotes.
  private func count(of byte: UInt8) -> Int {
    var isQuoted = false
    return firstLine.utf8.count {
      if $0 == Byte.quote { isQuoted.toggle() }
      return $0 == byte && !isQuoted
    }
  }

  /// Returns the typed columns of an atomic file.
  func atomic() throws -> TableLayout {
    let columns = try firstLine.split(separator: "\t", omittingEmptySubsequences: false).map {
      field in
      let parts = field.split(separator: ":", omittingEmptySubsequences: false)
      let kind: TableLayout.Column.Kind
      switch parts.count == 2 ? parts[1] : "" {
      case "token": kind = .token
      case "token_seq": kind = .tokens(separator: Byte.space)
      case "float": kind = .number
      case "float_seq": kind = .numbers
      case "":
        throw DataError.badHeader(
          file: path,
          reason: "the header has '\(shortened(String(field)))' where atomic files name a column"
            + " and its type, as in 'user_id:token', with tabs in between; add the header, or name"
            + " another format with data.format")
      default:
        throw DataError.badHeader(
          file: path,
          reason: "column '\(parts[0])' has the type '\(parts[1])'; the types are 'token',"
            + " 'token_seq', 'float' and 'float_seq'")
      }
      return TableLayout.Column(name: String(parts[0]), kind: kind)
    }
    return try checked(
      TableLayout(dialect: .separated(Byte.tab), hasHeader: true, columns: columns))
  }

  /// Returns the columns of a separated file, by its header or else by number.
  ///
  /// `header` says whether it has one, and `columns` are the names that the settings use.
  func table(
    separator: UInt8? = nil, header: HeaderUse = .automatic, columns: ColumnNames
  ) throws -> TableLayout {
    let separator =
      separator ?? ([Byte.comma] + Self.otherSeparators).max { count(of: $0) < count(of: $1) }
      ?? Byte.comma
    let width = firstLine.utf8.count { $0 == separator } + 1
    var layout = TableLayout(
      dialect: separator == Byte.tab ? .separated(separator) : .quoted(separator),
      hasHeader: false,
      columns: (1...width).map { TableLayout.Column(name: "\($0)", kind: .token) }, isTyped: false)
    var rows = rows(of: layout)
    if isSpaced(separator, width) {
      layout.trimsSpaces = true
      layout.notes.append("the space after each separator belongs to the separator, not to a field")
      rows = self.rows(of: layout)
    }
    let first = rows.first ?? [firstLine]
    layout.columns.removeLast(layout.columns.count - first.count)
    let guess = HeaderGuess(first: first, rows: Array(rows.dropFirst()), columns: columns)
    layout.hasHeader = header == .automatic ? guess.hasHeader : header == .yes
    if header == .automatic, guess.isDoubtful {
      let line = shortened(first.joined(separator: ", "), to: 60)
      layout.notes.append(
        layout.hasHeader
          ? "the first line, '\(line)', is taken as the names of the columns; set data.header to"
            + " 'no' if it is a row"
          : "the first line, '\(line)', is taken as a row, and the columns are called 1 to"
            + " \(first.count); set data.header to 'yes' if it names them")
    }
    guard layout.hasHeader else {
      layout.firstValues = first
      return layout
    }
    for column in first.indices { layout.columns[column].name = trimmed(first[column]) }
    let nameless = layout.columns.reversed().prefix { $0.name.isEmpty }.count
    layout.namelessColumns = min(nameless, first.count - 1)
    for column in (first.count - layout.namelessColumns)..<first.count {
      layout.columns[column].kind = .ignored
    }
    return try checked(layout)
  }

  /// Whether every separator of every row is followed by a space, inside quotes or not.
  private func isSpaced(_ separator: UInt8, _ width: Int) -> Bool {
    let plain = TableLayout(
      dialect: .separated(separator), hasHeader: false,
      columns: (1...width).map { TableLayout.Column(name: "\($0)", kind: .token) })
    let fields = rows(of: plain).lazy.flatMap { $0.dropFirst() }.filter { !$0.isEmpty }
    return !fields.isEmpty && fields.allSatisfy { $0.utf8.first == Byte.space }
  }

  private func trimmed(_ text: String) -> String { withField(of: text) { $0.trimmed().text } }

  /// Returns the names of the members of the first objects.
  func json() throws -> TableLayout {
    var names: [String] = []
    _ = Self.records(of: bytes, RecordEnds.lines, limit: 1_000) { field in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: field.count + 1) { bytes in
        guard let start = bytes.baseAddress else { return }
        var scanner = JSONScanner(line: field, unescaped: start)
        _ = scanner.members { name, _ in
          let name = name.text
          if !names.containsExactly(name) { names.append(name) }
        }
      }
    }
    guard !names.isEmpty else {
      throw DataError.badHeader(
        file: path,
        reason: "the line is not a JSON object with members; JSON lines hold one per line")
    }
    return TableLayout(
      dialect: .json, hasHeader: false,
      columns: names.map { TableLayout.Column(name: $0, kind: .token) }, isTyped: false)
  }

  /// Returns the first values of each column that are not missing, from at most 1,000 rows.
  func samples(of layout: TableLayout) -> [[String]] {
    var samples = [[String]](repeating: [], count: layout.columns.count)
    for row in rows(of: layout).dropFirst(layout.hasHeader ? 1 : 0)
    where row.count == samples.count {
      for (column, value) in row.enumerated() where !withField(of: value, \.isMissing) {
        samples[column].append(value)
      }
    }
    return samples
  }

  private func checked(_ layout: TableLayout) throws -> TableLayout {
    if let name = repeatedName(layout.names.filter { !$0.isEmpty }) {
      throw DataError.badHeader(file: path, reason: "the header names column '\(name)' twice")
    }
    return layout
  }
}
