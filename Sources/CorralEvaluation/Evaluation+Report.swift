import CorralData

extension Evaluation {
  /// Creates the report of this evaluation: every metric with its interval, and the slices.
  ///
  /// The intervals cost `O(resamples * users * metrics)` on all threads, with at most 16,384 users.
  public func report(stage: String = "retriever") -> EvaluationReport {
    EvaluationReport(
      protocolInUse: .init(
        split: "\(protocolInUse.part.rawValue) of \(protocolInUse.split)",
        masked: protocolInUse.seen == .masked, targets: "every held-out item, once per user",
        candidates: protocolInUse.candidates),
      stages: [stage: intervals()], lists: lists?.intervals(settings) ?? [:],
      listBasis: lists?.basis, slices: slices(),
      counts: .init(
        users: users.count, skippedUsers: skippedUsers, targets: targets.values.count,
        coldTargets: coldTargets, maskedTargets: maskedTargets),
      seconds: seconds, usersPerSecond: usersPerSecond)
  }

  /// Returns every metric with its 95% interval, by name.
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

  /// Computes means and intervals over some users, each with some of its targets' ranks.
  func userIntervals(
    _ metrics: [Metric], rows: [Int], ranks: (Int) -> UserRanks
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

  /// Computes the values of metrics for some users, `[rows, metrics]`.
  func table(
    of metrics: [Metric], rows: [Int], ranks: (Int) -> UserRanks
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
