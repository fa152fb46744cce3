/// Whether day or month comes first in dates such as `5/6/2024`.
public enum DateOrder: String, Sendable, Codable, CaseIterable {
  /// Taken from values that can be read in only one way.
  case automatic = "auto"
  /// The day comes first: `31/5/2024`.
  case dayFirst = "day-first"
  /// The month comes first: `5/31/2024`.
  case monthFirst = "month-first"

  /// The forms that such dates can have.
  var forms: [TimeForm] {
    switch self {
    case .automatic: [.dayFirst, .monthFirst]
    case .dayFirst: [.dayFirst]
    case .monthFirst: [.monthFirst]
    }
  }
}

/// How a column writes times.
package enum TimeForm: String, Sendable, CaseIterable {
  /// Numbers, or dates as `2024-05-31`, `2024/05/31` or `31.05.2024`, each with or without a time
  /// of day.
  case plain
  /// `20240531`, which would be a number in `plain` form.
  case compact
  /// `31/05/2024`.
  case dayFirst
  /// `5/31/2024`.
  case monthFirst

  /// Returns the form in which all values of a column are times, or `nil`.
  ///
  /// Numbers have the form `plain`; `isDate` says whether the values are dates. Dates that can
  /// start with the day or the month have the form of `order`, or none if it does not say. Compact
  /// dates need three different values, so that a few numbers of eight digits are not mistaken for
  /// dates.
  package static func recognised(
    in values: [String], order: DateOrder = .automatic
  ) -> (form: TimeForm, isDate: Bool)? {
    func readings(_ form: TimeForm) -> [SpelledTime]? {
      var times: [SpelledTime] = []
      for value in values {
        let reading = withField(of: value) { $0.time(as: form) }
        guard case .time(let time) = reading else { return nil }
        times.append(time)
      }
      return times.isEmpty ? nil : times
    }
    if let times = readings(.plain) {
      if Set(values).count >= 3, let days = readings(.compact), days.allSatisfy(\.isRecent) {
        return (.compact, true)
      }
      return (.plain, times.allSatisfy(\.isDate))
    }
    let forms = order.forms.filter { readings($0) != nil }
    return forms.count == 1 ? (forms[0], true) : nil
  }

  /// Returns the form in which most values are times.
  ///
  /// The others are bad rows.
  static func ofMost(
    _ values: [String], order: DateOrder
  ) -> (form: TimeForm, isDate: Bool)? {
    if let form = recognised(in: values, order: order) { return form }
    for forms in [[.plain], order.forms] {
      let times = values.filter { value in forms.contains { $0.reads(value) } }
      if times.count * 2 >= values.count { return recognised(in: times, order: order) }
    }
    return nil
  }

  /// Whether the values are dates that do not tell if the day or the month comes first.
  static func isAmbiguous(_ values: [String]) -> Bool {
    !values.isEmpty && values.allSatisfy { dayFirst.reads($0) && monthFirst.reads($0) }
  }

  /// Whether a value is a time in this form.
  func reads(_ value: String) -> Bool {
    if case .time = withField(of: value, { $0.time(as: self) }) { true } else { false }
  }
}

extension SpelledTime {
  /// Whether this is a date between 1970 and 2100.
  fileprivate var isRecent: Bool {
    isDate && (0..<4_102_444_800).contains(digits / powerOfTen(places))
  }
}
