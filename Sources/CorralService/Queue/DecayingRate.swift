import Foundation

/// How often something happened of late, in events a second.
///
/// An event counts by `exp(-age / span)`, so that what is older than a few spans is forgotten.
struct DecayingRate: Sendable {
  /// The time after which an event counts 1/e, in nanoseconds.
  private static let span = 5e9

  private var weight = 0.0
  private var last: Int?
  private var start = 0

  /// Counts events at a time, in nanoseconds.
  mutating func add(_ events: Int, at now: Int) {
    if events == 0 { return }
    if last == nil { start = now }
    weight = decayed(at: now) + Double(events)
    last = now
  }

  /// The rate at a time.
  ///
  /// Divided by the time that was looked at: a span, or less shortly after the first event.
  func perSecond(at now: Int) -> Double {
    guard last != nil else { return 0 }
    let seen = max(Double(now - start), 1e8)
    return decayed(at: now) / (Self.span * (1 - exp(-seen / Self.span))) * 1e9
  }

  private func decayed(at now: Int) -> Double {
    last.map { weight * exp(-Double(max(0, now - $0)) / Self.span) } ?? 0
  }
}
