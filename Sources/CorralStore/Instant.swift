import Foundation

/// Times on the disk: whole microseconds since 1970.
enum Instant {
  /// The microseconds of a time; one that no number of them can say becomes the nearest that can.
  static func microseconds(_ time: Date) -> Int64 {
    let value = (time.timeIntervalSince1970 * 1e6).rounded()
    return Int64(exactly: value) ?? (value < 0 ? .min : value > 0 ? .max : 0)
  }

  /// The time of microseconds.
  static func date(_ microseconds: Int64) -> Date {
    Date(timeIntervalSince1970: Double(microseconds) / 1e6)
  }
}
