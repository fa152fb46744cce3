/// The result of reading a number of a user or item.
enum FeatureNumber: Equatable {
  case number(Double)
  /// An empty field, or a word for a missing value: `NA`, `None`, `\N`, `-`.
  case missing
  /// A number with grouped thousands: `1,963`.
  case grouped(Double)
  case word

  /// The number, or `nan`.
  var value: Float {
    switch self {
    case .number(let number), .grouped(let number): Float(number)
    case .missing, .word: .nan
    }
  }
}

extension Field {
  /// Reads the field as a number of a user or item.
  var featureNumber: FeatureNumber {
    if count == 0 { return .missing }
    if let number, number.isFinite { return .number(number) }
    let field = trimmed()
    // A longer text is neither a number nor such a word, and is not copied.
    if field.count > 24 { return .word }
    if field.count <= 8, Self.nothing.contains(field.text.lowercased()) { return .missing }
    if let number = field.number, number.isFinite { return .number(number) }
    guard field.bytes.contains(Byte.comma), let number = Self.ungrouped(field.text) else {
      return .word
    }
    return .grouped(number)
  }

  /// The words for an unknown number.
  private static let nothing: Set<String> = [
    "", "na", "n/a", "#n/a", "<na>", "nan", "none", "null", "nil", "\\n", "-", "--", "?", "unknown",
  ]

  /// Reads `1,963` and `-12,345.5`: groups of three digits after a first group of up to three.
  private static func ungrouped(_ text: String) -> Double? {
    let digits = text.utf8.first == Byte.minus ? text.dropFirst() : text[...]
    let whole = digits.prefix { $0 != "." }
    let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
    let areDigits = groups.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    guard areDigits, groups.count > 1, (1...3).contains(groups[0].count),
      groups.dropFirst().allSatisfy({ $0.count == 3 })
    else { return nil }
    return Double(text.filter { $0 != "," })
  }
}
