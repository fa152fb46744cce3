import Foundation

/// What came of a policy's lists, on one day or on several.
package struct DayReport: Sendable, Equatable, Encodable {
  /// The name of the policy.
  package let policy: String
  /// The day, from 0; `nil` for several.
  package let day: Int?
  /// The lists that were asked for.
  package private(set) var visits = 0
  /// The places of all lists that were asked for, which rates are shares of.
  package private(set) var places = 0
  /// The places that held an item of the catalogue that the visitor could click.
  package private(set) var shown = 0
  /// Places that held nothing, since a list was shorter than asked for.
  package private(set) var missing = 0
  /// Places that held an item that is not in the catalogue that day.
  package private(set) var unknown = 0
  /// Places that held an item a second time, or one that the visitor had clicked before.
  package private(set) var repeated = 0
  /// The clicks.
  package private(set) var clicks = 0

  private var sums = Sums()

  /// Expected clicks and other sums over places.
  struct Sums: Sendable, Equatable {
    var expected = 0.0
    var best = 0.0
    var popular = 0.0
    var random = 0.0
    var new = 0
    var tail = 0
  }

  /// The report of nothing yet.
  init(policy: String, day: Int?) { (self.policy, self.day) = (policy, day) }

  /// A rate with its interval of 95% by Wilson (1927).
  package struct Rate: Sendable, Equatable, Encodable {
    /// The share.
    package let rate: Double
    /// The lower end.
    package let low: Double
    /// The upper end.
    package let high: Double

    /// The share of `count` among `total`; from 0 to 1 where the total is 0.
    package init(_ count: Int, of total: Int) {
      guard total > 0 else {
        (rate, low, high) = (0, 0, 1)
        return
      }
      let (n, z) = (Double(total), 1.959963984540054)
      rate = Double(count) / n
      let middle = rate + z * z / (2 * n)
      let half = z * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
      low = count == 0 ? 0 : max(0, (middle - half) / (1 + z * z / n))
      high = count == total ? 1 : min(1, (middle + half) / (1 + z * z / n))
    }
  }

  /// The share of places that were clicked.
  package var clickRate: Rate { Rate(clicks, of: places) }
  /// The click rate that the lists have by the truth: the mean of the counted one over all coins.
  package var expected: Double { share(sums.expected) }
  /// The expected click rate of the best lists at the same moments.
  package var best: Double { share(sums.best) }
  /// The expected click rate of the best lists that are the same for everybody.
  package var popular: Double { share(sums.popular) }
  /// The expected click rate of random lists.
  package var random: Double { share(sums.random) }
  /// The share of items born that day among what was shown.
  package var newShare: Double { Double(sums.new) / Double(max(1, shown)) }
  /// The share of items that the crowd likes less than a fifth of the catalogue, among what was shown.
  package var tailShare: Double { Double(sums.tail) / Double(max(1, shown)) }

  private func share(_ sum: Double) -> Double { sum / Double(max(1, places)) }

  /// Adds a visit.
  mutating func add(_ outcome: VisitOutcome, count: Int) {
    visits += 1
    places += count
    missing += outcome.missing
    unknown += outcome.unknown
    repeated += outcome.repeated
    shown += count - outcome.missing - outcome.unknown - outcome.repeated
    clicks += outcome.clicked.count
    sums.expected += outcome.sums.expected
    sums.best += outcome.sums.best
    sums.popular += outcome.sums.popular
    sums.random += outcome.sums.random
    sums.new += outcome.sums.new
    sums.tail += outcome.sums.tail
  }

  /// The report of several days together.
  package init(_ reports: [DayReport], policy: String) {
    self.init(policy: policy, day: nil)
    for report in reports where report.policy == policy {
      visits += report.visits
      places += report.places
      missing += report.missing
      unknown += report.unknown
      repeated += report.repeated
      shown += report.shown
      clicks += report.clicks
      sums.expected += report.sums.expected
      sums.best += report.sums.best
      sums.popular += report.sums.popular
      sums.random += report.sums.random
      sums.new += report.sums.new
      sums.tail += report.sums.tail
    }
  }

  private enum CodingKeys: CodingKey {
    case policy, day, visits, places, shown, missing, unknown, repeated, clicks
    case clickRate, expected, best, popular, random, newShare, tailShare
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(policy, forKey: .policy)
    try container.encode(day, forKey: .day)
    for (key, value) in [
      (CodingKeys.visits, visits), (.places, places), (.shown, shown), (.missing, missing),
      (.unknown, unknown), (.repeated, repeated), (.clicks, clicks),
    ] { try container.encode(value, forKey: key) }
    try container.encode(clickRate, forKey: .clickRate)
    for (key, value) in [
      (CodingKeys.expected, expected), (.best, best), (.popular, popular), (.random, random),
      (.newShare, newShare), (.tailShare, tailShare),
    ] { try container.encode(value, forKey: key) }
  }
}
