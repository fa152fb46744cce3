/// One field of one row: a run of bytes in a buffer that lives longer.
struct Field {
  var start: UnsafePointer<UInt8>
  var count: Int

  init(start: UnsafePointer<UInt8>, count: Int) {
    self.start = start
    self.count = count
  }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  /// The text of the field: UTF-8, or else Latin-1, as in MovieLens titles.
  var text: String {
    String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// Whether the field holds exactly these bytes.
  @inline(__always)
  func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count else { return false }
    var at = 0
    while at < count {
      if start[at] != other[at] { return false }
      at += 1
    }
    return true
  }

  /// Whether the field is empty, blank, or a word that programs write for a missing value.
  @inline(__always)
  var isMissing: Bool {
    if count == 0 { return true }
    switch start[0] {
    case 0x4E, 0x6E, Byte.backslash, 0x3C: return count <= 4 && isWordForNothing
    case Byte.space, Byte.tab: return trimmed().count == 0
    default: return false
    }
  }

  @inline(never)
  private var isWordForNothing: Bool {
    Self.wordsForNothing.contains { word in
      equals(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }
  }

  private static let wordsForNothing: [StaticString] = [
    "NA", "N/A", "<NA>", "NULL", "null", "\\N", "None", "none", "nan", "NaN", "NAN", "nil",
  ]

  /// The field without leading and trailing spaces and tabs.
  func trimmed() -> Field {
    var field = self
    while field.count > 0, field.start[0] == 0x20 || field.start[0] == 0x09 {
      field.start += 1
      field.count -= 1
    }
    while field.count > 0,
      field.start[field.count - 1] == 0x20 || field.start[field.count - 1] == 0x09
    {
      field.count -= 1
    }
    return field
  }
}

/// Calls `body` with the bytes of a text as a field.
func withField<Result>(of text: String, _ body: (Field) throws -> Result) rethrows -> Result {
  var text = text
  return try text.withUTF8 { try body(Field($0)) }
}

extension Field {
  /// Creates a field over a buffer that lives longer.
  @inline(__always)
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    // An empty buffer has no address, and a field without bytes is never read.
    self.init(start: bytes.baseAddress ?? Field.nothing, count: bytes.count)
  }

  /// An address for fields without bytes.
  nonisolated(unsafe) private static let nothing: UnsafePointer<UInt8> = {
    let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    byte.initialize(to: 0)
    return UnsafePointer(byte)
  }()
}

/// The bytes with a meaning in the formats.
enum Byte {
  static let tab: UInt8 = 0x09
  static let newline: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let plus: UInt8 = 0x2B
  static let comma: UInt8 = 0x2C
  static let minus: UInt8 = 0x2D
  static let dot: UInt8 = 0x2E
  static let slash: UInt8 = 0x2F
  static let zero: UInt8 = 0x30
  static let colon: UInt8 = 0x3A
  static let backslash: UInt8 = 0x5C
  static let pipe: UInt8 = 0x7C
}
