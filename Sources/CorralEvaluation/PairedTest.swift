import CorralData

/// The comparison of two models by one metric on the same users, with tests of significance.
public typealias PairedTest = PairedComparison<Metric>

/// The comparison of two models' lists by one measure on the same users.
package typealias ListTest = PairedComparison<ListMetric>

/// The comparison of two models by something that has a value for each user, with tests of
/// significance.
public struct PairedComparison<Measured: Sendable & Hashable & Codable>: Sendable, Hashable, Codable
{
  /// The compared metric.
  public let metric: Measured
  /// The mean of the baseline.
  package let baseline: Double
  /// The mean of the model.
  package let mean: Double
  /// `mean - baseline`, with its 95% interval by the paired bootstrap.
  public let difference: Interval
  /// The statistic of the paired t-test: the mean difference divided by its standard error.
  package let t: Double
  /// The two-sided p-value of the paired t-test.
  public let p: Double
  /// The two-sided p-value of the randomisation test, which swaps the models user by user; 1
  /// without resamples.
  package let randomisationP: Double
  /// Users with a larger value than in the baseline.
  package let wins: Int
  /// Users with a smaller value than in the baseline.
  package let losses: Int
  /// Users with the same value in both.
  package let ties: Int

  /// `**` for p < 0.001, `*` for p < 0.05, else empty, by the paired t-test.
  package var stars: String { p < 0.001 ? "**" : p < 0.05 ? "*" : "" }

  private enum CodingKeys: String, CodingKey {
    case metric, baseline, mean, difference, t, p, wins, losses, ties
    case randomisationP = "randomisation_p"
  }
}

extension Evaluation {
  /// Tests this evaluation against a baseline, metric by metric, on the same users.
  ///
  /// The metrics are those that both measured, without coverage, which is not a mean over users.
  /// There is no correction for the number of metrics.
  ///
  /// - Throws: `EvaluationError.notComparable` when the two differ in split, part, mask, users,
  ///   targets or histories, or share no metric.
  public func compared(with baseline: Evaluation) throws -> [PairedTest] {
    if let difference = difference(from: baseline) {
      throw EvaluationError.notComparable(difference)
    }
    let metrics = metrics.filter { $0.measure != .coverage && baseline.metrics.contains($0) }
    if metrics.isEmpty { throw EvaluationError.notComparable("they share no metric") }
    let rows = Array(users.indices)
    let mine = table(of: metrics, rows: rows) { ranks(ofRow: $0) }
    let theirs = baseline.table(of: metrics, rows: rows) { baseline.ranks(ofRow: $0) }
    return PairedTest.tests(of: metrics, mine: mine, theirs: theirs, settings)
  }

  /// Tests the lists of this evaluation against those of a baseline, on the same users.
  ///
  /// Empty unless both have list measures; those that used different clusters or vectors are left
  /// out.
  ///
  /// - Throws: `EvaluationError.notComparable`, as `compared(with:)` does.
  package func comparedLists(with baseline: Evaluation) throws -> [ListTest] {
    if let difference = difference(from: baseline) {
      throw EvaluationError.notComparable(difference)
    }
    guard let lists, let others = baseline.lists else { return [] }
    return lists.compared(with: others, settings)
  }

  /// Returns why two evaluations cannot be compared, or `nil` if they can.
  private func difference(from other: Evaluation) -> String? {
    let (mine, theirs) = (protocolInUse, other.protocolInUse)
    if mine.split != theirs.split {
      return "one split is '\(theirs.split)', the other '\(mine.split)'"
    }
    if mine.part != theirs.part {
      return
        "one measured the \(theirs.part.rawValue) part, the other the \(mine.part.rawValue) part"
    }
    if mine.seen != theirs.seen {
      return "one has seen items \(theirs.seen.rawValue), the other has them \(mine.seen.rawValue)"
    }
    if mine.items != theirs.items {
      return "one catalogue has \(theirs.items) items, the other \(mine.items)"
    }
    if mine.clusters != theirs.clusters {
      func scope(_ clusters: Int?) -> String {
        clusters.map { "within \($0) clusters" } ?? "among all items"
      }
      return "one ranked \(scope(theirs.clusters)), the other \(scope(mine.clusters))"
    }
    if users != other.users {
      return users.count == other.users.count
        ? "the users are not the same"
        : "one measured \(other.users.count) users, the other \(users.count)"
    }
    if targets != other.targets { return "the users have other targets" }
    if targetClusters != other.targetClusters { return "the targets are in other clusters" }
    if historyLengths != other.historyLengths { return "the users have other histories" }
    return nil
  }
}

extension PairedComparison {
  /// Tests the columns of two tables of values, `[users, metrics]` each.
  static func tests(
    of metrics: [Measured], mine: [Double], theirs: [Double], _ settings: EvaluationSettings
  ) -> [PairedComparison] {
    let differences = zip(mine, theirs).map { $0 - $1 }
    let rows = 0..<differences.count / max(1, metrics.count)
    let bootstrap = Bootstrap(values: differences, width: metrics.count, seed: settings.seed)
    let ends = bootstrap.intervals(resamples: settings.resamples)
    let flipped = bootstrap.signFlippedMeans(resamples: settings.resamples)
    return metrics.indices.map { column in
      let values = rows.map { differences[$0 * metrics.count + column] }
      let test = PairedDifference(values)
      let reached = stride(from: column, to: flipped.count, by: metrics.count).lazy
        .filter { abs(flipped[$0]) >= abs(test.mean) * (1 - 1e-12) }.count
      let count = Double(rows.count)
      return PairedComparison(
        metric: metrics[column],
        baseline: rows.reduce(0) { $0 + theirs[$1 * metrics.count + column] } / count,
        mean: rows.reduce(0) { $0 + mine[$1 * metrics.count + column] } / count,
        difference: Interval(
          mean: test.mean, low: ends.isEmpty ? nil : ends[column].low,
          high: ends.isEmpty ? nil : ends[column].high),
        t: test.t, p: test.p,
        randomisationP: Double(reached + 1) / Double(settings.resamples + 1),
        wins: values.lazy.filter { $0 > 0 }.count, losses: values.lazy.filter { $0 < 0 }.count,
        ties: values.lazy.filter { $0 == 0 }.count)
    }
  }
}

/// Student's paired t-test on the differences of users.
package struct PairedDifference {
  package let mean: Double
  /// The mean difference divided by its standard error.
  ///
  /// 0 if all differences are 0. If all are equal and not 0, it is the largest finite number.
  package let t: Double
  package let p: Double

  package init(_ values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = (squares / (count - 1) / count).squareRoot()
    self.mean = mean
    if mean == 0 || values.count < 2 {
      (t, p) = (0, 1)
    } else if error <= abs(mean) * 1e-15 {
      (t, p) = (mean > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude, 0)
    } else {
      t = mean / error
      p = StudentT.twoSided(t, freedom: count - 1)
    }
  }
}
