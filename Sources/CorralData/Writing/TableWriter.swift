/// Writes rows of values in one of the formats, byte for byte.
package struct TableWriter {
  /// One value of a row.
  package enum Value {
    /// An identifier or a category.
    case token(Vocabulary, Int)
    /// Any number of categories.
    case tokens(Vocabulary, [Int32])
    /// A text that people read.
    case text(String)
    /// A number of single precision; `nan` is written as an empty value.
    case number(Float)
    /// A number by its digits.
    case digits(String)
    /// An empty value.
    case none
  }

  package let format: DataFormat
  /// The names of the columns as the format spells them, including what precedes a value.
  private let names: [[UInt8]]
  private let writer: ByteWriter
  private var line: [UInt8] = []
  /// The number of tokens in which a separator became an underscore.
  private(set) var replaced = 0
  /// The number of texts in which a tab or a line end became a space.
  private(set) var flattened = 0

  /// Creates a writer of rows below a header if the format has one; kinds are the types of atomic
  /// files.
  ///
  /// Throws `DataError.unwritable`.
  package init(
    _ path: String, format: DataFormat, columns: [(name: String, kind: String)]
  ) throws {
    self.format = format
    writer = try ByteWriter(path)
    var header: [UInt8] = []
    var names: [[UInt8]] = []
    for (place, column) in columns.enumerated() {
      let name = Array(column.name.utf8)
      switch format {
      case .tsv: header += (place == 0 ? "" : "\t").utf8 + name
      case .atomic: header += (place == 0 ? "" : "\t").utf8 + name + ":\(column.kind)".utf8
      case .csv:
        if place > 0 { header.append(Byte.comma) }
        name.withUnsafeBufferPointer { header.appendQuoted($0) }
      default:
        var member: [UInt8] = []
        name.withUnsafeBufferPointer { member.appendJSON($0) }
        names.append(member + [Byte.colon, Byte.space])
      }
    }
    self.names = names
    if format != .jsonl { try writer.write(header + [Byte.newline]) }
  }

  /// Writes one row with a value for each column.
  package mutating func write(_ row: [Value]) throws {
    line.removeAll(keepingCapacity: true)
    switch format {
    case .jsonl: addObject(row)
    case .csv:
      for (place, value) in row.enumerated() {
        if place > 0 { line.append(Byte.comma) }
        addQuoted(value)
      }
    default:
      for (place, value) in row.enumerated() {
        if place > 0 { line.append(Byte.tab) }
        addPlain(value)
      }
    }
    line.append(Byte.newline)
    try writer.write(line)
  }

  /// Renames the file when it is complete.
  package func finish() throws { try writer.finish() }

  private mutating func addQuoted(_ value: Value) {
    switch value {
    case .token(let vocabulary, let position):
      vocabulary.table.withField(position) { line.appendQuoted($0.bytes) }
    case .tokens(let vocabulary, let positions):
      let joined = joined(vocabulary, positions, Byte.pipe)
      joined.withUnsafeBufferPointer { line.appendQuoted($0) }
    case .text(let text): withField(of: text) { line.appendQuoted($0.bytes) }
    case .number(let number): line += Self.spelled(number).utf8
    case .digits(let digits): line += digits.utf8
    case .none: break
    }
  }

  /// Adds a field between tabs.
  ///
  /// Tokens hold no tabs, and texts are flattened.
  private mutating func addPlain(_ value: Value) {
    switch value {
    case .token(let vocabulary, let position):
      vocabulary.table.withField(position) { line.append(contentsOf: $0.bytes) }
    case .tokens(let vocabulary, let positions):
      line += joined(vocabulary, positions, Byte.space)
    case .text(let text):
      let isFlat = !text.utf8.contains { $0 == Byte.tab || $0.endsLines }
      if !isFlat { flattened += 1 }
      line += text.utf8.map { $0 == Byte.tab || $0.endsLines ? Byte.space : $0 }
    case .number(let number): line += Self.spelled(number).utf8
    case .digits(let digits): line += digits.utf8
    case .none: break
    }
  }

  /// Adds several tokens with a separator, which is replaced inside them.
  private mutating func joined(
    _ vocabulary: Vocabulary, _ positions: [Int32], _ separator: UInt8
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for (place, position) in positions.enumerated() {
      if place > 0 { bytes.append(separator) }
      let start = bytes.count
      vocabulary.table.withField(Int(position)) { bytes.append(contentsOf: $0.bytes) }
      guard bytes[start...].contains(separator) else { continue }
      replaced += 1
      for at in start..<bytes.count where bytes[at] == separator {
        bytes[at] = UInt8(ascii: "_")
      }
    }
    return bytes
  }

  /// Adds an object without the members that are empty.
  private mutating func addObject(_ row: [Value]) {
    line.append(UInt8(ascii: "{"))
    for (name, value) in zip(names, row) {
      let start = line.count
      if start > 1 { line += [Byte.comma, Byte.space] }
      line += name
      if !addMember(value) { line.removeLast(line.count - start) }
    }
    line.append(UInt8(ascii: "}"))
  }

  /// Adds the value of a member; returns false if it is empty.
  private mutating func addMember(_ value: Value) -> Bool {
    switch value {
    case .token(let vocabulary, let position):
      vocabulary.table.withField(position) { line.appendJSON($0.bytes) }
    case .tokens(let vocabulary, let positions):
      line.append(UInt8(ascii: "["))
      for (place, position) in positions.enumerated() {
        if place > 0 { line += [Byte.comma, Byte.space] }
        let token = joined(vocabulary, [position], Byte.pipe)
        token.withUnsafeBufferPointer { line.appendJSON($0) }
      }
      line.append(UInt8(ascii: "]"))
    case .text(let text):
      if text.isEmpty { return false }
      withField(of: text) { line.appendJSON($0.bytes) }
    case .number(let number):
      if number.isNaN { return false }
      line += Self.spelled(number).utf8
    case .digits(let digits): line += digits.utf8
    case .none: return false
    }
    return true
  }

  /// Returns the shortest digits that read back the same number; a whole number has no point.
  private static func spelled(_ number: Float) -> String {
    if number.isNaN { return "" }
    if number == number.rounded(), abs(number) < 1e15 { return "\(Int(number))" }
    return "\(number)"
  }
}

extension UInt8 {
  /// Whether the byte ends a line on some system.
  var endsLines: Bool { self == Byte.newline || self == Byte.carriageReturn }
}

extension [UInt8] {
  /// Adds a field of CSV, in quotes if it holds a separator, a quote or a line end, or a space at
  /// one of its ends.
  fileprivate mutating func appendQuoted(_ field: UnsafeBufferPointer<UInt8>) {
    let needsQuotes =
      field.first == Byte.space || field.last == Byte.space
      || field.contains {
        $0 == Byte.comma || $0 == Byte.quote || $0 == 0x3B || $0 == Byte.tab || $0.endsLines
      }
    guard needsQuotes else {
      append(contentsOf: field)
      return
    }
    append(Byte.quote)
    for byte in field {
      if byte == Byte.quote { append(Byte.quote) }
      append(byte)
    }
    append(Byte.quote)
  }

  /// Adds a string of JSON.
  ///
  /// A byte that is not UTF-8 is escaped as `\udc80` to `\udcff`. Python calls this
  /// surrogateescape; Python and Corral read the byte back.
  fileprivate mutating func appendJSON(_ text: UnsafeBufferPointer<UInt8>) {
    append(Byte.quote)
    var at = 0
    while at < text.count {
      let byte = text[at]
      let width = text.characterWidth(at: at)
      switch byte {
      case Byte.quote, Byte.backslash: append(contentsOf: [Byte.backslash, byte])
      case Byte.newline: append(contentsOf: #"\n"#.utf8)
      case Byte.carriageReturn: append(contentsOf: #"\r"#.utf8)
      case Byte.tab: append(contentsOf: #"\t"#.utf8)
      case ..<0x20:
        append(contentsOf: (byte < 0x10 ? #"\u000"# : #"\u00"#).utf8)
        append(contentsOf: String(byte, radix: 16).utf8)
      case _ where width == 0:
        append(contentsOf: (#"\udc"# + String(byte, radix: 16)).utf8)
      default: append(contentsOf: text[at..<(at + width)])
      }
      at += Swift.max(1, width)
    }
    append(Byte.quote)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Returns the length of the UTF-8 character at a position, or 0 if none starts there.
  func characterWidth(at place: Int) -> Int {
    let width =
      switch self[place] {
      case ..<0x80: 1
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 0
      }
    if width < 2 { return width }
    guard place + width <= count,
      String(validating: self[place..<(place + width)], as: UTF8.self) != nil
    else { return 0 }
    return width
  }
}
