import CorralData

extension Evaluation {
  /// The report of this evaluation: every metric with its interval, and the slices.
  ///
  /// Costs `O(resamples * users * metrics)` for the intervals, on all threads; users beyond 16,384
  /// cost next to nothing more.
  public func report(stage: String = "retriever") -> EvaluationReport {
    EvaluationReport(
      protocolInUse: .init(
        split: "\(protocolInUse.part.rawValue) of \(protocolInUse.split)",
        masked: protocolInUse.seen == .masked, targets: "every held-out item, once a user",
        candidates: "all \(protocolInUse.items) items"),
      stages: [stage: intervals()], slices: slices(),
      counts: .init(
        users: users.count, skippedUsers: skippedUsers, targets: targets.values.count,
        coldTargets: coldTargets, maskedTargets: maskedTargets),
      seconds: seconds, usersPerSecond: usersPerSecond)
  }

  /// Every metric with its 95% interval, by name.
  public func intervals() -> [String: Interval] {
    var intervals = userIntervals(
      metrics.filter { $0.measure != .coverage }, rows: Array(users.indices)
    ) { ranks(ofRow: $0) }
    for (column, cutoff) in settings.cutoffs.enumerated()
    where settings.measures.contains(.coverage) {
      let share = Double(recommendedItems[column]) / Double(protocolInUse.items)
      intervals["\(Metric(.coverage, at: cutoff))"] = Interval(mean: share)
    }
    return intervals
  }

  /// Means and intervals over some of the users, each seen through some of its targets' ranks.
  func userIntervals(
    _ metrics: [Metric], rows: [Int], ranks: (Int) -> some Collection<Int32>
  ) -> [String: Interval] {
    if metrics.isEmpty || rows.isEmpty { return [:] }
    let values = table(of: metrics, rows: rows, ranks: ranks)
    let width = metrics.count
    let ends = Bootstrap(values: values, width: width, seed: settings.seed)
      .intervals(resamples: settings.resamples)
    var intervals: [String: Interval] = [:]
    for (column, metric) in metrics.enumerated() {
      var sum = 0.0
      for row in rows.indices { sum += values[row * width + column] }
      intervals["\(metric)"] = Interval(
        mean: sum / Double(rows.count), low: ends.isEmpty ? nil : ends[column].low,
        high: ends.isEmpty ? nil : ends[column].high)
    }
    return intervals
  }

  /// The values of metrics for some of the users, `[rows, metrics]`.
  func table(
    of metrics: [Metric], rows: [Int], ranks: (Int) -> some Collection<Int32>
  ) -> [Double] {
    let measures = RankMeasures(depth: depth)
    let cutoffs = settings.cutoffs
    let columns = metrics.map { cutoffs.firstIndex(of: $0.cutoff) ?? 0 }
    var values: [Double] = []
    values.reserveCapacity(rows.count * metrics.count)
    for row in rows {
      let ranks = ranks(row)
      for (index, metric) in metrics.enumerated() {
        values.append(
          metric.measure == .popularity
            ? Double(headShares[row * cutoffs.count + columns[index]])
            : measures.value(of: metric, ranks: ranks))
      }
    }
    return values
  }
}
