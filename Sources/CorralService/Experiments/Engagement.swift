/// How often what was shown was engaged with, as counted from a store.
package struct EngagementCounts: Sendable, Equatable {
  /// A source and an arm.
  package struct Group: Sendable, Hashable {
    /// The candidate source, by its name.
    package var source: String
    /// The arm; `nil` outside of an experiment.
    package var arm: String?

    /// A source and an arm.
    package init(source: String, arm: String?) {
      self.source = source
      self.arm = arm
    }
  }

  /// How many items of a group were shown.
  package var shown: [Group: Int] = [:]
  /// By the type of event, how many of them were followed by at least one such event.
  package var engaged: [String: [Group: Int]] = [:]

  /// Nothing shown yet.
  package init() {}
}

extension EngagementReport {
  /// The report of some counts.
  ///
  /// For each type of event and each arm it has a row of all sources together and one of each source
  /// that was shown. Arms are compared over all sources, each pair once. A comparison takes what was
  /// shown for independent draws: what one user sees twice is nearly so, and intervals are somewhat
  /// too narrow where few users see much.
  ///
  /// - Parameter spread: see `SequentialTest.spread`.
  package init(_ counts: EngagementCounts, spread: Double = SequentialTest().spread) {
    let test = SequentialTest(spread: spread)
    let groups = counts.shown.keys.sorted {
      ($0.arm ?? "", $0.source) < ($1.arm ?? "", $1.source)
    }
    let arms = groups.map(\.arm).reduce(into: [String?]()) { if !$0.contains($1) { $0.append($1) } }
    for type in counts.engaged.keys.sorted() {
      func rate(_ groups: [EngagementCounts.Group]) -> Rate {
        Rate(
          shown: groups.reduce(0) { $0 + (counts.shown[$1] ?? 0) },
          engaged: groups.reduce(0) { $0 + (counts.engaged[type]?[$1] ?? 0) })
      }
      var totals: [(arm: String, rate: Rate)] = []
      for arm in arms {
        let own = groups.filter { $0.arm == arm }
        let total = rate(own)
        rows.append(Row(source: nil, arm: arm, type: type, rate: total))
        rows += own.compactMap { group in
          Source(rawValue: group.source).map {
            Row(source: $0, arm: arm, type: type, rate: rate([group]))
          }
        }
        if let arm { totals.append((arm, total)) }
      }
      for (place, first) in totals.enumerated() {
        for second in totals[(place + 1)...] {
          let found = test.compare(first.rate, second.rate)
          comparisons.append(
            Comparison(
              arm: first.arm, other: second.arm, type: type, difference: found.difference,
              low: found.low, high: found.high, p: found.p))
        }
      }
    }
  }
}

extension EngagementReport.Rate {
  /// The quantile of the standard normal distribution at 0.975.
  private static let quantile = 1.959963984540054

  /// A rate with the interval of Wilson (1927, Journal of the American Statistical Association 22).
  ///
  /// With `p = engaged / shown`, `n = shown` and `z` the quantile: `(p + z^2/2n +- z sqrt(p(1-p)/n +
  /// z^2/4n^2)) / (1 + z^2/n)`. It stays inside 0 to 1, and says 0 to 1 where nothing was shown.
  package init(shown: Int, engaged: Int) {
    self.shown = shown
    self.engaged = engaged
    guard shown > 0 else {
      (rate, low, high) = (0, 0, 1)
      return
    }
    let (n, z) = (Double(shown), Self.quantile)
    rate = Double(engaged) / n
    let middle = rate + z * z / (2 * n)
    let half = z * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    low = engaged == 0 ? 0 : max(0, (middle - half) / scale)
    high = engaged == shown ? 1 : min(1, (middle + half) / scale)
  }
}
