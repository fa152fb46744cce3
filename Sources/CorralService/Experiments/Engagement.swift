package import CorralStore

extension EngagementReport {
  /// The report of what a store has counted.
  ///
  /// For each type of event and each arm it has a row of all sources together, and one for each source
  /// that was shown; models of one arm are counted together. Arms are compared by answers, each pair
  /// once: how many were followed by an event of the type. Answers, unlike the items of one list, are
  /// nearly independent of each other; where few users ask often, intervals are somewhat too narrow.
  ///
  /// - Parameters:
  ///   - counts: what was shown and engaged with.
  ///   - test: the test that compares arms.
  package init(_ counts: ExposureReport, test: SequentialTest = SequentialTest()) {
    let types = Set(counts.engaged.values.flatMap(\.keys)).sorted()
    let groups = Dictionary(grouping: counts.shown.keys) { Cell(arm: $0.arm, source: $0.source) }
    let arms = Set(groups.keys.map(\.arm)).sorted { ($0 ?? "") < ($1 ?? "") }
    for type in types {
      func rate(_ cell: Cell, of count: KeyPath<ExposureReport.Count, Int>) -> Rate {
        let groups = groups[cell] ?? []
        return Rate(
          shown: groups.reduce(0) { $0 + (counts.shown[$1]?[keyPath: count] ?? 0) },
          engaged: groups.reduce(0) { $0 + (counts.engaged[$1]?[type]?[keyPath: count] ?? 0) })
      }
      for arm in arms {
        for source in [nil] + Source.allCases.map(Optional.some) {
          let cell = Cell(arm: arm, source: source?.rawValue)
          guard groups[cell] != nil else { continue }
          rows.append(Row(source: source, arm: arm, type: type, rate: rate(cell, of: \.items)))
        }
      }
      let named = arms.compactMap(\.self)
      for (place, arm) in named.enumerated() {
        for other in named[(place + 1)...] {
          let reading = test.compare(
            rate(Cell(arm: arm, source: nil), of: \.requests),
            rate(Cell(arm: other, source: nil), of: \.requests))
          comparisons.append(
            Comparison(
              arm: arm, other: other, type: type, difference: reading.difference,
              low: reading.low, high: reading.high, p: reading.p))
        }
      }
    }
  }

  /// What one row counts.
  private struct Cell: Hashable {
    let arm: String?
    let source: String?
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
