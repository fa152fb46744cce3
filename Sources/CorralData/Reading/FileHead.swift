import Foundation

/// The first lines of a file, by which its format is recognised.
struct FileHead {
  /// The name without folder and `.gz`.
  let name: String
  let firstLine: String
  private let path: String
  private let lines: [String]

  init(_ file: FileBytes) throws {
    path = file.path
    let last = (file.path as NSString).lastPathComponent
    name = last.hasSuffix(".gz") ? String(last.dropLast(3)) : last
    var text = try file.head()
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
    lines = text.split(separator: Byte.newline, maxSplits: 1000).prefix(1000).map { line in
      let line = line.last == Byte.carriageReturn ? line.dropLast() : line
      return line.withUnsafeBufferPointer { bytes in
        bytes.baseAddress.map { Field(start: $0, count: bytes.count).text } ?? ""
      }
    }
    guard let first = lines.first else { throw DataError.emptyFile(path) }
    firstLine = first
  }

  /// Whether the first line names its columns as atomic files do.
  var isAtomic: Bool {
    firstLine.split(separator: "\t").contains { field in
      [":token", ":float", ":token_seq", ":float_seq"].contains { field.hasSuffix($0) }
    }
  }

  /// The format that the name and the first line speak of.
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

  private func count(of byte: UInt8) -> Int { firstLine.utf8.count { $0 == byte } }

  /// The typed columns of an atomic file.
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

  /// The columns of a separated file: by its header, or by number where the first line has one.
  func table(separator: UInt8? = nil) throws -> TableLayout {
    let separator =
      separator ?? ([Byte.comma] + Self.otherSeparators).max { count(of: $0) < count(of: $1) }
      ?? Byte.comma
    let dialect: TableLayout.Dialect =
      separator == Byte.tab ? .separated(separator) : .quoted(separator)
    let fields = split(firstLine, dialect)
    let hasHeader = !fields.contains { Double($0) != nil }
    let columns = fields.indices.map { column in
      TableLayout.Column(name: hasHeader ? fields[column] : "\(column + 1)", kind: .token)
    }
    return try checked(
      TableLayout(dialect: dialect, hasHeader: hasHeader, columns: columns, isTyped: false))
  }

  /// The names of the members of the first objects.
  func json() throws -> TableLayout {
    var names: [String] = []
    for line in lines {
      withField(of: line) { field in
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: field.count + 1) { bytes in
          guard let start = bytes.baseAddress else { return }
          var scanner = JSONScanner(line: field, unescaped: start)
          _ = scanner.members { name, _ in
            let name = name.text
            if !names.contains(name) { names.append(name) }
          }
        }
      }
    }
    guard !names.isEmpty else {
      throw DataError.badHeader(
        file: path, reason: "the line is not a JSON object with members; JSON lines are one a line")
    }
    return TableLayout(
      dialect: .json, hasHeader: false,
      columns: names.map { TableLayout.Column(name: $0, kind: .token) }, isTyped: false)
  }

  /// The first values of each column that are not empty, of at most 1,000 rows.
  func samples(of layout: TableLayout) -> [[String]] {
    var samples = [[String]](repeating: [], count: layout.columns.count)
    let splitter = LineSplitter(layout: layout)
    for line in lines.dropFirst(layout.hasHeader ? 1 : 0) {
      withField(of: line) { field in
        guard case .fields(let count) = splitter.split(field), count == samples.count else {
          return
        }
        for column in samples.indices where splitter.fields[column].count > 0 {
          samples[column].append(splitter.fields[column].text)
        }
      }
    }
    return samples
  }

  private func split(_ line: String, _ dialect: TableLayout.Dialect) -> [String] {
    // More columns than any line has bytes to separate.
    let columns = (0...line.utf8.count).map {
      TableLayout.Column(name: "\($0)", kind: .token)
    }
    let splitter = LineSplitter(
      layout: TableLayout(dialect: dialect, hasHeader: false, columns: columns))
    return withField(of: line) { field in
      guard case .fields(let count) = splitter.split(field) else { return [line] }
      return (0..<count).map { splitter.fields[$0].trimmed().text }
    }
  }

  private func checked(_ layout: TableLayout) throws -> TableLayout {
    var seen: Set<String> = []
    for name in layout.names where !seen.insert(name).inserted {
      throw DataError.badHeader(file: path, reason: "the header names column '\(name)' twice")
    }
    return layout
  }
}
