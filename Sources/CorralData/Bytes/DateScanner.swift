/// Reads a date with its time of day and its zone: seconds since 1970 with all digits of a
/// fraction.
///
/// Days that the Gregorian calendar does not have are refused. Times without a zone are UTC. Second
/// 60 is a leap second.
struct DateScanner {
  private let field: Field
  private var at = 0

  init(_ field: Field) { self.field = field }

  /// Reads `2024-05-31`, `2024/5/31` or `31.05.2024`, with an optional time of day.
  mutating func yearFirst() -> TimeReading? {
    guard field.count >= 8 else { return nil }
    if field.start[1] == Byte.dot || field.start[2] == Byte.dot { return dotted() }
    guard let year = digits(4...4), let mark = separator(Byte.minus, Byte.slash),
      let month = digits(1...2), skip(mark), let day = digits(1...2)
    else { return nil }
    return rest(year, month, day)
  }

  /// Reads `20240531`, with an optional time of day, as in `20240531T120000`.
  mutating func compact() -> TimeReading? {
    guard let year = digits(4...4), let month = digits(2...2), let day = digits(2...2) else {
      return nil
    }
    guard skip(0x54) || skip(Byte.space) || (at < field.count && isDigit(at)) else {
      return rest(year, month, day)
    }
    guard let hour = digits(2...2) else { return nil }
    if skip(Byte.colon) {
      at -= 3
      return rest(year, month, day, hasTime: true)
    }
    let minute = digits(2...2)
    let second = minute == nil ? nil : digits(2...2)
    guard minute != nil || at == field.count else { return nil }
    return ended(year, month, day, hour, minute ?? 0, second ?? 0)
  }

  /// Reads `5/31/2024` or `31/5/2024`, as the form says, with slashes, dashes or dots.
  mutating func dayAndMonth(isDayFirst: Bool) -> TimeReading? {
    guard let first = digits(1...2), let mark = separator(Byte.slash, Byte.minus),
      let second = digits(1...2), skip(mark), let year = digits(4...4)
    else { return nil }
    return isDayFirst ? rest(year, second, first) : rest(year, first, second)
  }

  /// Reads `31.05.2024`.
  ///
  /// Dates with dots start with the day in all countries.
  private mutating func dotted() -> TimeReading? {
    guard let day = digits(1...2), skip(Byte.dot), let month = digits(1...2), skip(Byte.dot),
      let year = digits(4...4)
    else { return nil }
    return rest(year, month, day)
  }

  /// Reads what follows the day: nothing, a zone, or a time of day and a zone.
  private mutating func rest(
    _ year: Int, _ month: Int, _ day: Int, hasTime: Bool = false
  ) -> TimeReading? {
    if !hasTime {
      guard at < field.count else { return ended(year, month, day, 0, 0, 0) }
      let start = at
      guard skip(0x54) || skip(0x74) || skip(Byte.space), at < field.count, isDigit(at) else {
        at = start
        return ended(year, month, day, 0, 0, 0)
      }
    }
    guard var hour = digits(1...2), skip(Byte.colon), let minute = digits(2...2) else {
      return nil
    }
    var second = 0
    var fraction = Fraction()
    if skip(Byte.colon) {
      guard let found = digits(2...2) else { return nil }
      second = found
      if skip(Byte.dot) || skip(Byte.comma) {
        guard at < field.count, isDigit(at) else { return nil }
        while at < field.count, isDigit(at) {
          fraction.append(Int64(field.start[at] &- Byte.zero))
          at += 1
        }
      }
    }
    if let isAfternoon = halfOfTheDay() {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (isAfternoon ? 12 : 0)
    }
    return ended(year, month, day, hour, minute, second, fraction)
  }

  /// Returns the time if nothing but a zone is left of the field.
  private mutating func ended(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int,
    _ fraction: Fraction = Fraction()
  ) -> TimeReading? {
    guard let offset = zone(), GregorianCalendar.has(year, month, day), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    let seconds =
      GregorianCalendar.days(to: year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
      - offset
    return .time(fraction.added(to: Int64(seconds)))
  }

  /// Returns the offset of a zone east of Greenwich in seconds: none, `Z`, `UTC`, `GMT`, `+02`,
  /// `+0200` or `+02:00`; `nil` for any other.
  private mutating func zone() -> Int? {
    while skip(Byte.space) {}
    if skip(0x5A) || skip(0x7A) { return at == field.count ? 0 : nil }
    if skipWord("utc") || skipWord("gmt") { while skip(Byte.space) {} }
    if at == field.count { return 0 }
    let isWest = field.start[at] == Byte.minus
    guard skip(Byte.plus) || skip(Byte.minus), let hours = digits(2...2), hours < 24 else {
      return nil
    }
    let hasColon = skip(Byte.colon)
    let minutes = digits(2...2)
    guard at == field.count, minutes != nil || !hasColon, (minutes ?? 0) < 60 else { return nil }
    let offset = hours * 3600 + (minutes ?? 0) * 60
    return isWest ? -offset : offset
  }

  /// Returns true for `PM`, false for `AM`, and `nil` if neither follows.
  private mutating func halfOfTheDay() -> Bool? {
    let start = at
    _ = skip(Byte.space)
    if skipWord("am") { return false }
    if skipWord("pm") { return true }
    at = start
    return nil
  }

  private func isDigit(_ at: Int) -> Bool { field.start[at] &- Byte.zero <= 9 }

  private mutating func digits(_ wanted: ClosedRange<Int>) -> Int? {
    var value = 0
    var found = 0
    while found < wanted.upperBound, at < field.count, isDigit(at) {
      value = value * 10 + Int(field.start[at] &- Byte.zero)
      found += 1
      at += 1
    }
    return wanted.contains(found) ? value : nil
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard at < field.count, field.start[at] == byte else { return false }
    at += 1
    return true
  }

  private mutating func separator(_ one: UInt8, _ other: UInt8) -> UInt8? {
    skip(one) ? one : skip(other) ? other : nil
  }

  /// Skips a word given in small letters, whatever its case in the field.
  private mutating func skipWord(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard at + length <= field.count else { return false }
    for offset in 0..<length where field.start[at + offset] | 0x20 != word.utf8Start[offset] {
      return false
    }
    at += length
    return true
  }
}

/// The digits behind the point of a second.
private struct Fraction {
  private var digits: Int64 = 0
  private var places = 0
  private var isCut = false

  mutating func append(_ digit: Int64) {
    if places == SpelledTime.mostPlaces {
      if digit != 0 { isCut = true }
      return
    }
    digits = digits * 10 + digit
    places += 1
  }

  /// Returns the seconds with as many of the digits as fit into 64 bits.
  func added(to seconds: Int64) -> SpelledTime {
    var time = SpelledTime(digits: digits, places: places, isDate: true, isCut: isCut)
    while time.places > 0 {
      if time.digits % 10 != 0 {
        let (scaled, overflows) = seconds.multipliedReportingOverflow(
          by: powerOfTen(time.places))
        let (sum, carries) = scaled.addingReportingOverflow(time.digits)
        if !overflows, !carries {
          time.digits = sum
          return time
        }
        time.isCut = true
      }
      time.digits /= 10
      time.places -= 1
    }
    time.digits = seconds
    return time
  }
}
