/// Spells any bytes as a text, and reads the text back.
///
/// Ids are bytes. Most are UTF-8 and are their own spelling. In all others each byte that is not
/// part of a character is spelled `\xE9` and a backslash `\\`, so that two ids never share a
/// spelling.
package enum Spelling {
  /// Spells bytes as a text.
  package static func text(of bytes: UnsafeBufferPointer<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    var at = 0
    while at < bytes.count {
      let end = min(at + width(of: bytes[at]), bytes.count)
      if bytes[at] == Byte.backslash {
        text += "\\\\"
        at += 1
      } else if let character = String(validating: bytes[at..<end], as: UTF8.self) {
        text += character
        at = end
      } else {
        let digits = String(bytes[at], radix: 16, uppercase: true)
        text += "\\x" + (digits.count == 1 ? "0" : "") + digits
        at += 1
      }
    }
    return text
  }

  /// Returns the bytes that a text with the escapes `\\`, `\n`, `\r`, `\t` and `\xE9` stands for;
  /// `nil` for a text without escapes or with others.
  static func bytes(of text: String) -> [UInt8]? {
    guard text.utf8.contains(Byte.backslash) else { return nil }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == Byte.backslash else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case Byte.backslash: bytes.append(Byte.backslash)
      case UInt8(ascii: "n"): bytes.append(Byte.newline)
      case UInt8(ascii: "r"): bytes.append(Byte.carriageReturn)
      case UInt8(ascii: "t"): bytes.append(Byte.tab)
      case UInt8(ascii: "x"):
        let digits = rest.prefix(2)
        guard digits.count == 2, let value = UInt8(String(Substring(digits)), radix: 16) else {
          return nil
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
      default: return nil
      }
    }
    return bytes
  }

  /// Returns the length of a UTF-8 character from its first byte.
  private static func width(of first: UInt8) -> Int {
    switch first {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }
}

extension String {
  /// The bytes as UTF-8; where they are not, each byte that is part of no character is `\xE9`, and a
  /// backslash is doubled.
  package init(spelling bytes: some Collection<UInt8>) {
    self = Array(bytes).withUnsafeBufferPointer { Spelling.text(of: $0) }
  }
}
