package import Foundation

/// Times as text: RFC 3339, to the microsecond.
package enum WireTime {
  /// The time that a text names; `nil` for one that is no date and time with a zone.
  package static func date(_ text: String) -> Date? {
    var text = text
    return text.withUTF8 { bytes in parse(bytes) }
  }

  /// A time as text in UTC.
  package static func text(_ date: Date) -> String {
    let microseconds = Int64((date.timeIntervalSince1970 * 1e6).rounded())
    let (seconds, fraction) = microseconds.quotientAndRemainder(floored: 1_000_000)
    let (days, rest) = seconds.quotientAndRemainder(floored: 86_400)
    let (year, month, day) = civil(Int(days))
    var text =
      "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
      + "T\(digits(Int(rest / 3600), 2)):\(digits(Int(rest / 60 % 60), 2)):\(digits(Int(rest % 60), 2))"
    if fraction != 0 {
      var part = digits(Int(fraction), 6)
      while part.hasSuffix("0") { part.removeLast() }
      text += "." + part
    }
    return text + "Z"
  }

  private static func digits(_ value: Int, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }

  private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Date? {
    func number(_ start: Int, _ count: Int) -> Int? {
      guard start + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[start..<(start + count)] {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    func isByte(_ byte: Character, at place: Int) -> Bool {
      place < bytes.count && bytes[place] == byte.asciiValue
    }
    guard bytes.count >= 20, bytes.count <= 64, let year = number(0, 4), isByte("-", at: 4),
      let month = number(5, 2), isByte("-", at: 7), let day = number(8, 2),
      isByte("T", at: 10) || isByte("t", at: 10) || isByte(" ", at: 10),
      let hour = number(11, 2), isByte(":", at: 13), let minute = number(14, 2),
      isByte(":", at: 16), let second = number(17, 2),
      (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year: year), hour < 24,
      minute < 60, second <= 60
    else { return nil }
    var place = 19
    var fraction = 0.0
    if isByte(".", at: place) {
      place += 1
      var weight = 0.1
      let start = place
      while let digit = number(place, 1) {
        fraction += Double(digit) * weight
        (weight, place) = (weight / 10, place + 1)
      }
      guard place > start else { return nil }
    }
    var zone = 0
    if isByte("Z", at: place) || isByte("z", at: place) {
      place += 1
    } else {
      guard isByte("+", at: place) || isByte("-", at: place), let hours = number(place + 1, 2),
        isByte(":", at: place + 3), let minutes = number(place + 4, 2), hours < 24, minutes < 60
      else { return nil }
      zone = (hours * 60 + minutes) * (isByte("-", at: place) ? -60 : 60)
      place += 6
    }
    guard place == bytes.count else { return nil }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + min(second, 59)
    return Date(timeIntervalSince1970: Double(seconds - zone) + fraction)
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The days from 1970 to a date of the Gregorian calendar.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    // A year that begins in March has its leap day at its end.
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The date that lies so many days after 1970 began.
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let days = days + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }
}

extension Int64 {
  /// The quotient that is rounded down, and the remainder that is never negative.
  fileprivate func quotientAndRemainder(floored divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
