extension Field {
  /// The number that the field spells in decimal, or `nil` when it spells none.
  ///
  /// Up to 18 digits and 22 places are read exactly without leaving the bytes; everything else
  /// (exponents, `nan`, `inf`) goes the long way round through the standard library.
  @inline(__always)
  var number: Double? {
    var at = 0
    var isNegative = false
    if count > 0, start[0] == Byte.minus {
      isNegative = true
      at = 1
    }
    var mantissa: UInt64 = 0
    let first = at
    while at < count {
      let digit = start[at] &- Byte.zero
      if digit > 9 { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      at += 1
    }
    var digits = at - first
    var places = 0
    if at < count, start[at] == Byte.dot {
      at += 1
      let point = at
      while at < count {
        let digit = start[at] &- Byte.zero
        if digit > 9 { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        at += 1
      }
      places = at - point
      digits += places
    }
    // A mantissa below 2^53 over a power of ten up to 10^22 divides with one rounding: exact.
    guard at == count, digits > 0, digits <= 18, mantissa < 1 << 53, places <= 22 else {
      return spelledNumber
    }
    let magnitude = Double(mantissa) / powersOfTen[places]
    return isNegative ? -magnitude : magnitude
  }

  /// The slow path of `number`.
  @inline(never)
  private var spelledNumber: Double? {
    guard count > 0, count < 400 else { return nil }
    // Hexadecimal numbers are numbers to the standard library, and mistakes in a data file.
    guard !bytes.contains(where: { $0 | 0x20 == 0x78 }) else { return nil }
    return Double(String(decoding: bytes, as: UTF8.self))
  }

  /// The time that the field spells: a number as it stands, or a date such as
  /// `2024-05-31T12:00:00Z` in seconds since 1970.
  @inline(__always)
  var time: Double? {
    // A dash that is not the first byte is not in any plain number.
    if count >= 10, start[4] == Byte.minus { return date }
    return number
  }

  /// `YYYY-MM-DD`, and after a `T` or a space `hh:mm[:ss[.fraction]]` with `Z` or `+hh:mm`.
  private var date: Double? {
    var at = 0
    func digits(_ wanted: Int) -> Int? {
      guard at + wanted <= count else { return nil }
      var value = 0
      for _ in 0..<wanted {
        let digit = start[at] &- Byte.zero
        guard digit <= 9 else { return nil }
        value = value * 10 + Int(digit)
        at += 1
      }
      return value
    }
    func skip(_ byte: UInt8) -> Bool {
      guard at < count, start[at] == byte else { return false }
      at += 1
      return true
    }
    guard let year = digits(4), skip(Byte.minus), let month = digits(2), skip(Byte.minus),
      let day = digits(2), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    var seconds = Double(daysSince1970(year, month, day)) * 86_400
    guard at < count else { return seconds }
    guard skip(0x54) || skip(Byte.space), let hour = digits(2), skip(Byte.colon),
      let minute = digits(2), hour < 24, minute < 60
    else { return nil }
    seconds += Double(hour * 3600 + minute * 60)
    if skip(Byte.colon) {
      guard let second = digits(2), second <= 60 else { return nil }
      seconds += Double(second)
      if skip(Byte.dot) {
        var place = 0.1
        let first = at
        while let digit = digits(1) {
          seconds += Double(digit) * place
          place /= 10
        }
        guard at > first else { return nil }
      }
    }
    if at == count || (skip(0x5A) && at == count) { return seconds }
    let isWest = at < count && start[at] == Byte.minus
    guard skip(Byte.plus) || skip(Byte.minus), let hours = digits(2) else { return nil }
    let hasColon = skip(Byte.colon)
    let minutes = digits(2)
    guard at == count, minutes != nil || !hasColon else { return nil }
    let offset = Double(hours * 3600 + (minutes ?? 0) * 60)
    return isWest ? seconds + offset : seconds - offset
  }
}

/// The number of days from 1 January 1970 to a day of the Gregorian calendar.
private func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
  // Years start in March, so that the day that leap years add is the last of a year.
  let shifted = month <= 2 ? year - 1 : year
  let era = (shifted >= 0 ? shifted : shifted - 399) / 400
  let yearOfEra = shifted - era * 400
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]
