/// The unit of a number that counts the time since 1970.
package enum TimeUnit: Int64, Sendable, Codable, CaseIterable {
  /// One per second.
  case seconds = 1
  /// A thousand per second.
  case milliseconds = 1_000
  /// A million per second.
  case microseconds = 1_000_000
  /// A billion per second.
  case nanoseconds = 1_000_000_000

  /// Guesses the unit of a whole number from its size: seconds from 10^8 (March 1973) to 10^11, and
  /// a thousand times as much for each smaller unit.
  ///
  /// `nil` for smaller numbers, which are places in a sequence and not dates.
  package init?(ofTime number: Int64) {
    switch number.magnitude {
    case 0..<100_000_000: return nil
    case 100_000_000..<100_000_000_000: self = .seconds
    case 100_000_000_000..<100_000_000_000_000: self = .milliseconds
    case 100_000_000_000_000..<100_000_000_000_000_000: self = .microseconds
    default: self = .nanoseconds
    }
  }
}

/// The meaning of a log's times: whole ticks, `10^decimals` of them in a unit of the file.
package struct TimeScale: Sendable, Equatable, Codable {
  /// The number of digits behind the point in the file: 0 to 9.
  package var decimals: Int
  /// The unit of the file's numbers, or `nil` if they are not times since 1970.
  package var unit: TimeUnit?

  /// Creates a scale of ticks that are whole units or a fraction of them.
  package init(decimals: Int = 0, unit: TimeUnit? = nil) {
    self.decimals = decimals
    self.unit = unit
  }

  /// Creates the scale of ticks; the size of the latest tells the unit.
  init(of ticks: [Int64], decimals: Int = 0) {
    self.init(
      decimals: decimals, unit: ticks.max().flatMap { TimeUnit(ofTime: $0 / powerOfTen(decimals)) })
  }

  /// Returns the ticks of a time as settings spell it: a number in the file's unit, or a date.
  ///
  /// Digits below a tick are dropped. `nil` for any other text, for a date if the log has no dates,
  /// and for a number beyond 64 bits.
  package func ticks(of text: String) -> Int64? {
    guard case .time(let time) = withField(of: text, { $0.time(as: .plain) }) else { return nil }
    guard time.isDate else { return Self.shifted(time.digits, by: decimals - time.places) }
    guard let unit else { return nil }
    // A second has 10^0, 10^3, 10^6 or 10^9 units.
    let places = TimeUnit.allCases.firstIndex(of: unit).map { $0 * 3 } ?? 0
    return Self.shifted(time.digits, by: decimals + places - time.places)
  }

  /// Spells ticks as the file does: `1714564800.25`.
  package func text(of ticks: Int64) -> String {
    guard decimals > 0 else { return "\(ticks)" }
    let digits = String(ticks.magnitude)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let fraction = padded.suffix(decimals)
    let whole = padded.dropLast(decimals)
    let end = fraction.lastIndex { $0 != "0" }
    return (ticks < 0 ? "-" : "") + whole + (end.map { "." + fraction[...$0] } ?? "")
  }

  /// Spells ticks as a date in UTC, `2024-05-01 12:00:00.25`; `nil` if they are not times since
  /// 1970.
  ///
  /// Midnight is left out.
  package func date(of ticks: Int64) -> String? {
    guard let seconds = seconds(of: ticks) else { return nil }
    let day = Int(seconds.whole).dividing(by: 86_400)
    let date = GregorianCalendar.date(ofDay: day.quotient)
    func padded(_ number: Int, _ length: Int = 2) -> String {
      let digits = "\(number)"
      return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }
    let text = "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))"
    if day.remainder == 0, seconds.fraction == 0 { return text }
    let time = [day.remainder / 3600, day.remainder / 60 % 60, day.remainder % 60]
    var fraction = padded(Int(seconds.fraction), seconds.places)
    while fraction.last == "0" { fraction.removeLast() }
    return text + " " + time.map { padded($0) }.joined(separator: ":")
      + (seconds.fraction == 0 ? "" : "." + fraction)
  }

  /// Returns the whole seconds since 1970 and the rest, `fraction / 10^places`.
  private func seconds(of ticks: Int64) -> (whole: Int64, fraction: Int64, places: Int)? {
    guard let unit else { return nil }
    let places = decimals + (TimeUnit.allCases.firstIndex(of: unit) ?? 0) * 3
    // No tick has as many digits as 18 places of a second.
    guard places <= 18 else { return (ticks < 0 ? -1 : 0, 0, 0) }
    let (whole, fraction) = Int(ticks).dividing(by: Int(powerOfTen(places)))
    return (Int64(whole), Int64(fraction), places)
  }

  /// Multiplies a number by a power of ten, rounding down.
  static func shifted(_ digits: Int64, by places: Int) -> Int64? {
    if places < -18 { return digits < 0 ? -1 : 0 }
    if places < 0 { return Int64(Int(digits).dividing(by: Int(powerOfTen(-places))).quotient) }
    if digits == 0 { return 0 }
    guard places <= 18 else { return nil }
    let (product, overflows) = digits.multipliedReportingOverflow(by: powerOfTen(places))
    return overflows ? nil : product
  }
}

extension Int {
  /// Returns the quotient, rounded down, and the remainder, which is never negative.
  func dividing(by divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

/// Returns a power of ten; the exponent is from 0 to 18.
func powerOfTen(_ exponent: Int) -> Int64 {
  var power: Int64 = 1
  for _ in 0..<exponent { power *= 10 }
  return power
}
