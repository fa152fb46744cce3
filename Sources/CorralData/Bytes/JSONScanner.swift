/// Reads the members of one JSON object without building it.
///
/// A value is passed on as bytes: strings without quotes and escapes, numbers as they are, `null`
/// as an empty field, `true` as 1 and `false` as 0, an array of plain values as its elements joined
/// by vertical bars. Nested objects are passed on as their text.
struct JSONScanner {
  private let line: Field
  private var at = 0
  /// Memory for unescaped text, at least as long as the line.
  private let unescaped: UnsafeMutablePointer<UInt8>
  private var used = 0
  /// The number of open arrays.
  ///
  /// More than 100 are refused.
  private var depth = 0

  init(line: Field, unescaped: UnsafeMutablePointer<UInt8>) {
    self.line = line
    self.unescaped = unescaped
  }

  /// Calls `body` with the name and the value of each member; returns false if the line is not an
  /// object.
  mutating func members(_ body: (Field, Field) -> Void) -> Bool {
    skipSpace()
    guard take(0x7B) else { return false }
    skipSpace()
    if take(0x7D) { return isAtEnd() }
    while true {
      skipSpace()
      guard let name = string() else { return false }
      skipSpace()
      guard take(Byte.colon) else { return false }
      guard let value = value() else { return false }
      body(name, value)
      skipSpace()
      if take(Byte.comma) { continue }
      return take(0x7D) && isAtEnd()
    }
  }

  private var byte: UInt8? { at < line.count ? line.start[at] : nil }

  private mutating func isAtEnd() -> Bool {
    skipSpace()
    return at == line.count
  }

  private mutating func take(_ wanted: UInt8) -> Bool {
    guard byte == wanted else { return false }
    at += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte, byte == Byte.space || byte == Byte.tab { at += 1 }
  }

  private mutating func value() -> Field? {
    skipSpace()
    switch byte {
    case Byte.quote: return string()
    case 0x5B: return array()
    case 0x7B: return object()
    default: return word()
    }
  }

  /// Reads a number, `true`, `false` or `null`.
  private mutating func word() -> Field? {
    let first = at
    while let byte, byte != Byte.comma, byte != 0x7D, byte != 0x5D, byte > Byte.space { at += 1 }
    let word = Field(start: line.start + first, count: at - first)
    guard word.count > 0 else { return nil }
    if spells(word, "null") { return Field(start: word.start, count: 0) }
    guard spells(word, "true") || spells(word, "false") || word.number != nil else { return nil }
    // Flags become numbers, so that conditions can compare them.
    if spells(word, "true") { return constant(0x31) }
    return spells(word, "false") ? constant(Byte.zero) : word
  }

  private func spells(_ word: Field, _ text: StaticString) -> Bool {
    word.equals(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func constant(_ byte: UInt8) -> Field {
    let start = unescaped + used
    start[0] = byte
    used += 1
    return Field(start: start, count: 1)
  }

  private mutating func array() -> Field? {
    guard depth < 100 else { return nil }
    depth += 1
    defer { depth -= 1 }
    at += 1
    let start = unescaped + used
    var count = 0
    skipSpace()
    if take(0x5D) { return Field(start: start, count: 0) }
    while true {
      // Elements are joined in place: each moves left over the text it was read with.
      guard let element = value() else { return nil }
      if count > 0 {
        start[count] = Byte.pipe
        count += 1
      }
      for offset in 0..<element.count { start[count + offset] = element.start[offset] }
      count += element.count
      used = (start - unescaped) + count + 1
      skipSpace()
      if take(Byte.comma) { continue }
      return take(0x5D) ? Field(start: start, count: count) : nil
    }
  }

  private mutating func object() -> Field? {
    let first = at
    var depth = 0
    while let byte {
      if byte == Byte.quote {
        guard string() != nil else { return nil }
        continue
      }
      if byte == 0x7B || byte == 0x5B { depth += 1 }
      if byte == 0x7D || byte == 0x5D { depth -= 1 }
      at += 1
      if depth == 0 { return Field(start: line.start + first, count: at - first) }
    }
    return nil
  }

  private mutating func string() -> Field? {
    guard take(Byte.quote) else { return nil }
    let first = at
    while let byte, byte != Byte.quote, byte != Byte.backslash { at += 1 }
    if byte == Byte.quote {
      at += 1
      return Field(start: line.start + first, count: at - 1 - first)
    }
    let copy = unescaped + used
    var count = at - first
    for offset in 0..<count { copy[offset] = line.start[first + offset] }
    while let byte {
      at += 1
      if byte == Byte.quote {
        used += count
        return Field(start: copy, count: count)
      }
      guard byte == Byte.backslash else {
        copy[count] = byte
        count += 1
        continue
      }
      if let raw = escapedByte() {
        copy[count] = raw
        count += 1
        continue
      }
      guard let scalar = escape() else { return nil }
      for unit in Character(scalar).utf8 {
        copy[count] = unit
        count += 1
      }
    }
    return nil
  }

  /// Returns the byte that an escape from `\udc80` to `\udcff` stands for.
  ///
  /// Python writes bytes that are not UTF-8 as such lone surrogates.
  private mutating func escapedByte() -> UInt8? {
    let start = at
    if take(0x75), let unit = hexadecimal(), 0xDC80...0xDCFF ~= unit {
      return UInt8(truncatingIfNeeded: unit)
    }
    at = start
    return nil
  }

  /// Reads the escape after a backslash.
  ///
  /// Its UTF-8 is never longer than the escape itself.
  private mutating func escape() -> Unicode.Scalar? {
    guard let byte else { return nil }
    at += 1
    switch byte {
    case Byte.quote, Byte.backslash, 0x2F: return Unicode.Scalar(byte)
    case 0x62: return "\u{8}"
    case 0x66: return "\u{C}"
    case 0x6E: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x75:
      guard let unit = hexadecimal() else { return nil }
      guard 0xD800..<0xDC00 ~= unit else { return Unicode.Scalar(unit) }
      guard take(Byte.backslash), take(0x75), let low = hexadecimal(), 0xDC00..<0xE000 ~= low
      else { return nil }
      return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    default: return nil
    }
  }

  private mutating func hexadecimal() -> UInt32? {
    guard at + 4 <= line.count else { return nil }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = line.start[at]
      let digit: UInt32
      switch byte {
      case 0x30...0x39: digit = UInt32(byte) - 0x30
      case 0x41...0x46: digit = UInt32(byte) - 0x37
      case 0x61...0x66: digit = UInt32(byte) - 0x57
      default: return nil
      }
      value = value << 4 | digit
      at += 1
    }
    return value
  }
}
