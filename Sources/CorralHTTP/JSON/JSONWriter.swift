package import Hummingbird

/// Writes JSON piece by piece into a buffer, without a tree of values between.
///
/// The caller keeps the order: a name before each value of an object.
package struct JSONWriter: Sendable {
  /// What was written.
  package private(set) var buffer: ByteBuffer
  private var needsComma = false

  /// A writer into an empty buffer.
  package init(capacity: Int = 1024) {
    buffer = ByteBuffer()
    buffer.reserveCapacity(capacity)
  }

  private mutating func separate() {
    if needsComma { buffer.writeInteger(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func begin(_ byte: UInt8) {
    separate()
    buffer.writeInteger(byte)
    needsComma = false
  }

  private mutating func end(_ byte: UInt8) {
    buffer.writeInteger(byte)
    needsComma = true
  }

  /// Writes an object whose members a closure writes.
  package mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
    begin(UInt8(ascii: "{"))
    try members(&self)
    end(UInt8(ascii: "}"))
  }

  /// Writes an array whose values a closure writes.
  package mutating func array(_ values: (inout JSONWriter) throws -> Void) rethrows {
    begin(UInt8(ascii: "["))
    try values(&self)
    end(UInt8(ascii: "]"))
  }

  /// Writes the name of the member whose value follows.
  package mutating func name(_ name: String) {
    string(name)
    buffer.writeInteger(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a string.
  package mutating func string(_ text: String) {
    separate()
    buffer.writeInteger(UInt8(ascii: "\""))
    var text = text
    let isPlain = text.withUTF8 { bytes in
      !bytes.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    }
    if isPlain {
      buffer.writeString(text)
    } else {
      for byte in text.utf8 { escape(byte) }
    }
    buffer.writeInteger(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
    case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
    case 0x0A: buffer.writeStaticString("\\n")
    case 0x0D: buffer.writeStaticString("\\r")
    case 0x09: buffer.writeStaticString("\\t")
    case 0..<0x20:
      buffer.writeStaticString("\\u00")
      buffer.writeString((byte < 16 ? "0" : "") + String(byte, radix: 16))
    default: buffer.writeInteger(byte)
    }
  }

  /// Writes a whole number.
  package mutating func integer(_ value: some BinaryInteger & CustomStringConvertible) {
    separate()
    buffer.writeString(value.description)
  }

  /// Writes a number; one that is not finite becomes `null`.
  package mutating func number(_ value: some BinaryFloatingPoint & CustomStringConvertible) {
    separate()
    guard value.isFinite else {
      buffer.writeStaticString("null")
      return
    }
    let text = value.description
    buffer.writeString(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }

  /// Writes `true` or `false`.
  package mutating func bool(_ value: Bool) {
    separate()
    buffer.writeString(value ? "true" : "false")
  }

  /// Writes `null`.
  package mutating func null() {
    separate()
    buffer.writeStaticString("null")
  }

  /// Writes any value.
  package mutating func value(_ value: JSON) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .number(let value): number(value)
    case .string(let text): string(text)
    case .array(let values): array { writer in for value in values { writer.value(value) } }
    case .object(let members):
      object { writer in
        for member in members {
          writer.name(member.name)
          writer.value(member.value)
        }
      }
    }
  }
}

extension JSONWriter {
  /// Writes a named string.
  package mutating func field(_ name: String, _ text: String) {
    self.name(name)
    string(text)
  }

  /// Writes a named string, or nothing where there is none.
  package mutating func field(_ name: String, _ text: String?) {
    if let text { field(name, text) }
  }

  /// Writes a named whole number.
  package mutating func field(_ name: String, _ value: some BinaryInteger & CustomStringConvertible)
  {
    self.name(name)
    integer(value)
  }

  /// Writes a named number.
  package mutating func field(
    _ name: String, _ value: some BinaryFloatingPoint & CustomStringConvertible
  ) {
    self.name(name)
    number(value)
  }

  /// Writes a named Boolean.
  package mutating func field(_ name: String, _ value: Bool) {
    self.name(name)
    bool(value)
  }

  /// Writes a named array of strings.
  package mutating func field(_ name: String, _ texts: [String]) {
    self.name(name)
    array { writer in for text in texts { writer.string(text) } }
  }
}
