/// Spells rows of values in one of the formats that Corral writes.
struct TableWriter {
  /// One value of a row.
  enum Value {
    case token(String)
    case text(String)
    case tokens([String])
    /// `nan` is written as nothing.
    case number(Double)
    /// A number by its digits; empty is written as nothing.
    case digits(String)

    /// A number of single precision through its shortest decimal, so that 0.3 is not written as
    /// 0.30000001192092896.
    static func short(_ number: Float) -> Value { .number(Double("\(number)") ?? .nan) }
  }

  let format: DataFormat
  let names: [String]
  private let writer: ByteWriter
  /// How many tokens of sequences had a space or a bar in them, which are now underscores.
  private(set) var replaced = 0

  /// A writer of rows below a header, where the format has one; kinds are the types of atomic files.
  init(_ path: String, format: DataFormat, columns: [(name: String, kind: String)]) throws {
    self.format = format
    names = columns.map(\.name)
    writer = try ByteWriter(path)
    switch format {
    case .atomic:
      try writer.write(columns.map { "\($0.name):\($0.kind)" }.joined(separator: "\t") + "\n")
    case .csv: try writer.write(names.map(quoted).joined(separator: ",") + "\n")
    default: break
    }
  }

  mutating func write(_ row: [Value]) throws {
    var line = format == .jsonl ? "{" : ""
    var isFirst = true
    for (name, value) in zip(names, row) {
      if format == .jsonl {
        guard let member = json(value) else { continue }
        line += "\(isFirst ? "" : ", ")\(jsonString(name)): \(member)"
      } else {
        if !isFirst { line += format == .atomic ? "\t" : "," }
        line += format == .atomic ? plain(value) : quoted(plain(value))
      }
      isFirst = false
    }
    try writer.write(line + (format == .jsonl ? "}\n" : "\n"))
  }

  func finish() throws { try writer.finish() }

  private mutating func plain(_ value: Value) -> String {
    switch value {
    case .token(let text), .text(let text): return cleaned(text)
    case .number(let number): return spelled(number)
    case .digits(let digits): return digits
    case .tokens(let tokens):
      let separator = format == .atomic ? " " : "|"
      return tokens.map { token in
        guard token.contains(separator) else { return cleaned(token) }
        replaced += 1
        return cleaned(token.replacing(separator, with: "_"))
      }.joined(separator: separator)
    }
  }

  /// Without what would end a field or a line.
  private func cleaned(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
    return String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
  }

  private func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0 == ";" }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }

  private func json(_ value: Value) -> String? {
    switch value {
    case .token(let text), .text(let text): text.isEmpty ? nil : jsonString(text)
    case .number(let number): number.isNaN ? nil : spelled(number)
    case .digits(let digits): digits.isEmpty ? nil : digits
    case .tokens(let tokens): "[\(tokens.map(jsonString).joined(separator: ", "))]"
    }
  }

  private func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private func spelled(_ number: Double) -> String {
    if number.isNaN { return "" }
    // A whole number without its point, and shortest digits that read back the same otherwise.
    if number == number.rounded(), abs(number) < 1e15 { return "\(Int(number))" }
    return "\(number)"
  }
}
