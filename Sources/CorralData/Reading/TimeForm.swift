/// Which of day and month comes first in dates such as `5/6/2024`.
public enum DateOrder: String, Sendable, Codable, CaseIterable {
  /// It is told from the values, where one of them can only be read one way.
  case automatic = "auto"
  /// The day: `31/5/2024`.
  case dayFirst = "day-first"
  /// The month: `5/31/2024`.
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

/// How a column writes its times.
package enum TimeForm: String, Sendable, CaseIterable {
  /// Numbers as they stand, `2024-05-31`, `2024/05/31` or `31.05.2024`, each with a time of day or
  /// without.
  case plain
  /// `20240531`, which in a column of `plain` form would be a number.
  case compact
  /// `31/05/2024`.
  case dayFirst
  /// `5/31/2024`.
  case monthFirst

  /// The form in which all of some values of a column are times, or `nil` where there is none.
  ///
  /// Numbers have the form `plain`; `isDate` says that the values are dates and no numbers. Dates
  /// that could start with the day as well as with the month have the form that `order` says, and
  /// none where it says nothing. Compact dates need three different values, so that a few numbers of
  /// eight digits are not taken for dates.
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

  /// The form in which most of some values are times: the others are bad rows.
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

  /// Whether some values are dates of which nothing says if the day or the month comes first.
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
