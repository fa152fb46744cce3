/// Walks over the members of one JSON object without building it.
///
/// A value is handed on as the bytes of its text: strings without quotes and escapes, numbers and
/// words as they stand, `null` as nothing, and an array of plain values as its elements with a
/// vertical bar between them. Nested objects are handed on as they stand.
struct JSONScanner {
  private let line: Field
  private var at = 0
  /// At least as many bytes as the line.
  private let unescaped: UnsafeMutablePointer<UInt8>
  private var used = 0
  /// How many lists are open; more than a hundred in each other are no row.
  private var depth = 0

  init(line: Field, unescaped: UnsafeMutablePointer<UInt8>) {
    self.line = line
    self.unescaped = unescaped
  }

  /// Calls `body` with the name and the value of each member; false when this is not an object.
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

  /// A number, `true`, `false` or `null`.
  private mutating func word() -> Field? {
    let first = at
    while let byte, byte != Byte.comma, byte != 0x7D, byte != 0x5D, byte > Byte.space { at += 1 }
    let word = Field(start: line.start + first, count: at - first)
    guard word.count > 0 else { return nil }
    if spells(word, "null") { return Field(start: word.start, count: 0) }
    guard spells(word, "true") || spells(word, "false") || word.number != nil else { return nil }
    // So that a flag can be compared with numbers.
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
      // Elements are joined where they will end up: each moves left over what it was read with.
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

  /// The byte that `\udc80` to `\udcff` stand for after a backslash: half a pair alone, by which
  /// Python writes a byte that is part of no UTF-8 character.
  private mutating func escapedByte() -> UInt8? {
    let start = at
    if take(0x75), let unit = hexadecimal(), 0xDC80...0xDCFF ~= unit {
      return UInt8(truncatingIfNeeded: unit)
    }
    at = start
    return nil
  }

  /// What stands after a backslash; never longer in UTF-8 than the escape itself.
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
