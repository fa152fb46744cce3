/// A point in time, to compare times of different spellings.
struct Moment: Comparable {
  /// Seconds since 1970, or the whole part of a number that is not a time.
  private var whole: Int64
  /// Billionths.
  private var fraction: Int64

  fileprivate init(whole: Int64, fraction: Int64) {
    self.whole = whole
    self.fraction = fraction
  }

  static func < (left: Self, right: Self) -> Bool {
    (left.whole, left.fraction) < (right.whole, right.fraction)
  }
}

extension SpelledTime {
  /// Returns the moment that is spelled, or the number itself if only one of the two is a time.
  func moment(beside other: SpelledTime) -> Moment {
    var places = self.places
    if !isDate, other.seconds != nil,
      let unit = TimeUnit(ofTime: TimeScale.shifted(digits, by: -places) ?? 0)
    {
      places += (TimeUnit.allCases.firstIndex(of: unit) ?? 0) * 3
    }
    let whole = TimeScale.shifted(digits, by: -places) ?? 0
    let rest = digits - (TimeScale.shifted(whole, by: places) ?? 0)
    return Moment(whole: whole, fraction: TimeScale.shifted(rest, by: 9 - places) ?? 0)
  }
}
