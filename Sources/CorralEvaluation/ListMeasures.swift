import CorralData

/// The measures of an evaluation's lists, user by user.
package struct ListMeasures: Sendable, Equatable {
  /// What stands for the value of a user for whom a measure is not defined; all others are 0 or
  /// more.
  static let undefined: Float = -1

  /// A measure of all lists together.
  struct Whole: Sendable, Equatable, Codable {
    let metric: ListMetric
    let value: Double
  }

  /// What the lists were measured by.
  package let basis: ListMeasuring.Basis
  /// The measures with a value for each user.
  package let metrics: [ListMetric]
  /// The values, `[users, metrics]`.
  let values: [Float]
  /// The Gini coefficient at each cut-off.
  let gini: [Whole]

  /// Returns the mean of a measure over the users for whom it is defined.
  ///
  /// `nil` if it was not measured, or is defined for nobody.
  package func value(of metric: ListMetric) -> Double? {
    if let whole = gini.first(where: { $0.metric == metric }) { return whole.value }
    guard let defined = values(of: metric)?.compactMap({ $0 }), !defined.isEmpty else { return nil }
    return defined.reduce(0, +) / Double(defined.count)
  }

  /// Returns the value of a measure for each user, `nil` where it is not defined.
  ///
  /// `nil` as a whole if it was not measured.
  package func values(of metric: ListMetric) -> [Double?]? {
    guard let column = metrics.firstIndex(of: metric) else { return nil }
    return stride(from: column, to: values.count, by: metrics.count).map {
      values[$0] == Self.undefined ? nil : Double(values[$0])
    }
  }

  /// Returns each measure with its 95% interval over users, by name; `gini` has no interval.
  ///
  /// A measure that is defined for nobody is left out.
  func intervals(_ settings: EvaluationSettings) -> [String: Interval] {
    var intervals: [String: Interval] = [:]
    for whole in gini { intervals["\(whole.metric)"] = Interval(mean: whole.value) }
    for (rows, metrics) in groups(of: metrics) {
      let ends = Bootstrap(
        values: table(of: metrics, rows: rows), width: metrics.count, seed: settings.seed
      ).intervals(resamples: settings.resamples)
      for (column, metric) in metrics.enumerated() {
        guard let mean = value(of: metric) else { continue }
        intervals["\(metric)"] = Interval(
          mean: mean, low: ends.isEmpty ? nil : ends[column].low,
          high: ends.isEmpty ? nil : ends[column].high)
      }
    }
    return intervals
  }

  /// Tests these lists against those of a baseline, measure by measure, on the users for whom both
  /// are defined.
  ///
  /// A measure by clusters is left out if the two were measured by different ones, and so is one by
  /// vectors.
  func compared(
    with baseline: ListMeasures, _ settings: EvaluationSettings
  ) -> [ListTest] {
    let shared = metrics.filter { metric in
      baseline.metrics.contains(metric)
        && (!metric.measure.needsClusters
          || basis.clusterMark == baseline.basis.clusterMark
            && basis.minorShare == baseline.basis.minorShare)
        && (!metric.measure.needsVectors || basis.vectorMark == baseline.basis.vectorMark)
    }
    let tests = groups(of: shared, and: baseline).flatMap { rows, metrics in
      ListTest.tests(
        of: metrics, mine: table(of: metrics, rows: rows),
        theirs: baseline.table(of: metrics, rows: rows), settings)
    }
    return shared.compactMap { metric in tests.first { $0.metric == metric } }
  }

  /// Groups measures by the users for whom they are defined here, and in `other` if it is given;
  /// leaves out measures without any.
  private func groups(
    of metrics: [ListMetric], and other: ListMeasures? = nil
  ) -> [(rows: [Int], metrics: [ListMetric])] {
    var groups: [(rows: [Int], metrics: [ListMetric])] = []
    for metric in metrics {
      guard let mine = values(of: metric) else { continue }
      let theirs = other?.values(of: metric)
      let rows = mine.indices.filter { mine[$0] != nil && (theirs == nil || theirs?[$0] != nil) }
      if rows.isEmpty { continue }
      if let group = groups.firstIndex(where: { $0.rows == rows }) {
        groups[group].metrics.append(metric)
      } else {
        groups.append((rows, [metric]))
      }
    }
    return groups
  }

  /// Returns the values of measures for some users, `[rows, metrics]`.
  private func table(of metrics: [ListMetric], rows: [Int]) -> [Double] {
    let columns = metrics.map { self.metrics.firstIndex(of: $0) ?? 0 }
    return rows.flatMap { row in
      columns.map { Double(values[row * self.metrics.count + $0]) }
    }
  }

  /// Returns the Gini coefficient of counts: see `ListMeasure.gini`; 0 if all are 0.
  static func gini(of counts: [Int32]) -> Double {
    let total = counts.reduce(0.0) { $0 + Double($1) }
    if total == 0 { return 0 }
    let count = Double(counts.count)
    var sum = 0.0
    for (place, value) in counts.sorted().enumerated() {
      sum += (2 * Double(place + 1) - count - 1) * Double(value)
    }
    return sum / (count * total)
  }
}
