/// A condition on the fields of a row, as settings spell it.
///
/// It is a comparison such as `rating>=4`, `tab==1` or `type!=view`, or one word such as `click`,
/// which names a column of zeros and ones or a kind of event.
struct RowCondition: Sendable, Equatable {
  enum Comparison: String, Sendable, CaseIterable {
    // Longer operators come first, because they are searched in this order.
    case atLeast = ">="
    case atMost = "<="
    case equal = "=="
    case notEqual = "!="
    case above = ">"
    case below = "<"
    case equalShort = "="

    /// Whether the operator compares by size.
    var isOrder: Bool { self != .equal && self != .equalShort && self != .notEqual }

    func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
      switch self {
      case .atLeast: left >= right
      case .atMost: left <= right
      case .equal, .equalShort: left == right
      case .notEqual: left != right
      case .above: left > right
      case .below: left < right
      }
    }
  }

  /// The condition as it was spelled.
  let text: String
  /// The name of the column, or the one word.
  let name: String
  /// The operator, or `nil` for one word.
  let comparison: Comparison?
  /// The right-hand side, as spelled.
  let value: String

  init(_ text: String) throws {
    self.text = text
    func trimmed(_ part: some StringProtocol) -> String {
      withField(of: String(part)) { $0.trimmed().text }
    }
    let found = text.indices.lazy.compactMap { index in
      Comparison.allCases.first { text[index...].hasPrefix($0.rawValue) }.map { (index, $0) }
    }.first
    guard let (index, comparison) = found else {
      name = trimmed(text)
      self.comparison = nil
      value = ""
      if name.isEmpty || name.contains(" ") {
        throw DataError.badRule(
          rule: text, reason: "this is not a condition; write one such as 'rating>=4' or 'click'")
      }
      return
    }
    name = trimmed(text[..<index])
    value = trimmed(text[text.index(index, offsetBy: comparison.rawValue.count)...])
    self.comparison = comparison
    guard !name.isEmpty, !value.isEmpty else {
      throw DataError.badRule(
        rule: text,
        reason: "a condition has a column, a comparison (>=, <=, ==, !=, >, <) and a value, as in"
          + " 'rating>=4'")
    }
    if comparison.isOrder, Double(value) == nil, time == nil {
      throw DataError.badRule(
        rule: text,
        reason: "'\(value)' is not a number or a date such as 2024-05-31, which"
          + " \(comparison.rawValue) compares with")
    }
  }

  /// The day that the value spells in eight digits, `20240531`, when it is compared with dates.
  var day: SpelledTime? {
    guard value.utf8.count == 8,
      case .time(let day) = withField(of: value, { $0.time(as: .compact) })
    else { return nil }
    return day
  }

  /// The time that the value spells: a date, or a number that can be one.
  var time: SpelledTime? {
    guard case .time(let time) = withField(of: value, { $0.time(as: .plain) }) else { return nil }
    return time
  }
}
