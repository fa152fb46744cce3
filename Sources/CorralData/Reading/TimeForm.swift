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
  /// that could start with the day as well as with the month have no form. Compact dates need three
  /// different values, so that a few numbers of eight digits are not taken for dates.
  package static func recognised(in values: [String]) -> (form: TimeForm, isDate: Bool)? {
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
    switch (readings(.dayFirst), readings(.monthFirst)) {
    case (.some, nil): return (.dayFirst, true)
    case (nil, .some): return (.monthFirst, true)
    default: return nil
    }
  }
}

extension SpelledTime {
  /// Whether this is a date between 1970 and 2100.
  fileprivate var isRecent: Bool {
    isDate && (0..<4_102_444_800).contains(digits / powerOfTen(places))
  }
}
