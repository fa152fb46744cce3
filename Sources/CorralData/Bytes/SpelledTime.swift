/// A time as a row spells it: the value `digits / 10^places`.
///
/// A number keeps its unit; a date is in seconds since 1970.
struct SpelledTime: Equatable {
  /// The most places that are kept: nanoseconds of a second.
  static let mostPlaces = 9

  /// All digits without the point.
  var digits: Int64
  /// The number of digits behind the point; the last of them is not 0.
  var places = 0
  /// Whether the field holds a date and not a number.
  var isDate = false
  /// Whether places were dropped.
  var isCut = false

  /// Whole seconds since 1970, rounded down, or `nil` for a number too small to be a time.
  var seconds: Int64? {
    let whole = TimeScale.shifted(digits, by: -places) ?? 0
    if isDate { return whole }
    return TimeUnit(ofTime: whole).map { Int64(Int(whole).dividing(by: Int($0.rawValue)).quotient) }
  }
}

/// The result of reading a field as a time.
enum TimeReading: Equatable {
  case time(SpelledTime)
  /// Neither a number nor a date of this form, or a day that the calendar does not have.
  case notATime
  /// `nan` or `inf`.
  case notFinite
  /// A number with more digits than fit into 64 bits.
  case tooLarge
}

extension Field {
  /// The whole number of up to 18 digits in the field, which is what most times are.
  @inline(__always)
  var wholeTime: Int64? {
    guard count > 0, count <= 18 else { return nil }
    var value: Int64 = 0
    var at = 0
    while at < count {
      let digit = start[at] &- Byte.zero
      if digit > 9 { return nil }
      value = value &* 10 &+ Int64(digit)
      at += 1
    }
    return value
  }

  /// Reads a time of the given form, with every digit that it has.
  @inline(never)
  func time(as form: TimeForm) -> TimeReading {
    let field = trimmed()
    var date = DateScanner(field)
    switch form {
    case .plain:
      if let number = field.decimalTime { return number }
      return date.yearFirst() ?? .notATime
    case .compact: return date.compact() ?? .notATime
    case .dayFirst: return date.dayAndMonth(isDayFirst: true) ?? .notATime
    case .monthFirst: return date.dayAndMonth(isDayFirst: false) ?? .notATime
    }
  }

  /// A decimal number with all its digits, with or without an exponent; `nil` for anything else.
  private var decimalTime: TimeReading? {
    var at = 0
    var isNegative = false
    if count > 0, start[0] == Byte.minus || start[0] == Byte.plus {
      isNegative = start[0] == Byte.minus
      at = 1
    }
    var value = BoundedDecimal()
    var found = 0
    while at < count, let digit = digit(at) {
      value.append(digit)
      found += 1
      at += 1
    }
    if at < count, start[at] == Byte.dot {
      at += 1
      while at < count, let digit = digit(at) {
        value.append(digit)
        value.places += 1
        found += 1
        at += 1
      }
    }
    guard found > 0 else { return isNotFinite ? .notFinite : nil }
    if at < count, start[at] | 0x20 == 0x65 {
      guard let exponent = exponent(from: at + 1) else { return nil }
      value.places -= exponent
    } else if at < count {
      return nil
    }
    return value.time(isNegative: isNegative)
  }

  private func digit(_ at: Int) -> Int64? {
    let digit = start[at] &- Byte.zero
    return digit <= 9 ? Int64(digit) : nil
  }

  /// Reads the exponent at the end of the field: up to three digits, with or without a sign.
  private func exponent(from first: Int) -> Int? {
    var at = first
    let isNegative = at < count && start[at] == Byte.minus
    if at < count, start[at] == Byte.minus || start[at] == Byte.plus { at += 1 }
    guard at < count, count - at <= 3 else { return nil }
    var value = 0
    while at < count {
      guard let digit = digit(at) else { return nil }
      value = value * 10 + Int(digit)
      at += 1
    }
    return isNegative ? -value : value
  }

  private var isNotFinite: Bool {
    guard count <= 9 else { return false }
    return switch text.lowercased().drop(while: { $0 == "-" || $0 == "+" }) {
    case "nan", "inf", "infinity": true
    default: false
    }
  }
}

/// Collects the digits of a number, as many as fit into 64 bits.
private struct BoundedDecimal {
  private var digits: Int64 = 0
  /// The number of digits that did not fit: each makes the number ten times as large.
  private var missing = 0
  private var isCut = false
  var places = 0

  mutating func append(_ digit: Int64) {
    let (product, overflows) = digits.multipliedReportingOverflow(by: 10)
    let (sum, carries) = product.addingReportingOverflow(digit)
    if missing > 0 || overflows || carries {
      missing += 1
      if digit != 0 { isCut = true }
    } else {
      digits = sum
    }
  }

  /// Returns the number as a time with as few places as it needs.
  func time(isNegative: Bool) -> TimeReading {
    // Digits before the point must not be dropped.
    if missing > 0, places < missing { return .tooLarge }
    var time = SpelledTime(digits: digits, places: places - missing, isCut: isCut)
    while time.places > 0, time.digits % 10 == 0 || time.places > SpelledTime.mostPlaces {
      if time.digits % 10 != 0 { time.isCut = true }
      time.digits /= 10
      time.places -= 1
    }
    while time.places < 0 {
      let (product, overflows) = time.digits.multipliedReportingOverflow(by: 10)
      if overflows { return .tooLarge }
      time.digits = product
      time.places += 1
    }
    if isNegative { time.digits = -time.digits }
    return .time(time)
  }
}

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
