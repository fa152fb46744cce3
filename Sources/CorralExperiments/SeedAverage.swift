package import CorralEvaluation
import Foundation

/// The evaluations of one arm that was trained with several seeds, on the same users.
package struct SeedAverage {
  package let evaluations: [Evaluation]
  private let reports: [EvaluationReport]

  /// The average of at least one evaluation; all need the same users and targets.
  package init(_ evaluations: [Evaluation]) {
    self.evaluations = evaluations
    reports = evaluations.map { $0.report() }
  }

  /// A metric over seeds.
  package struct Summary: Codable {
    /// The mean over seeds.
    package var mean: Double
    /// The standard deviation over seeds; 0 for a single one.
    package var deviation: Double
  }

  /// A comparison with a baseline, over the seeds that both were trained with.
  package struct Comparison: Codable {
    package var baseline: Double
    package var mean: Double
    package var difference: Double
    /// The paired t-test over users, each user's value averaged over seeds first.
    package var t: Double
    /// The p-value of that test, for the difference among other users.
    package var p: Double
    /// The p-value of a paired t-test over seeds, for the difference after other trainings with the same
    /// users; `nil` for a single seed.
    package var pOverSeeds: Double?

    /// `**` for p < 0.001, `*` for p < 0.05.
    package var stars: String { p < 0.001 ? "**" : p < 0.05 ? "*" : "" }
  }

  /// Every metric over all users, by name.
  package func summaries() throws -> [String: Summary] {
    var summaries: [String: Summary] = [:]
    for metric in evaluations[0].metrics { summaries["\(metric)"] = try summary(of: metric) }
    for metric in evaluations[0].lists?.metrics ?? [] {
      let values = evaluations.compactMap { $0.lists?.value(of: metric) }
      if values.count == evaluations.count { summaries["\(metric)"] = Self.summary(values) }
    }
    return summaries
  }

  /// A metric over all users.
  package func summary(of metric: Metric) throws -> Summary {
    try Self.summary(evaluations.map { try $0.value(of: metric) })
  }

  /// A metric over the targets in a popularity group: `head`, `middle` or `tail`.
  package func summary(of metric: Metric, items group: String) -> Summary {
    Self.summary(
      reports.map { $0.slices["items"]?[group]?.metrics["\(metric)"]?.mean ?? .nan })
  }

  /// A paired test of a metric over users; each user's value is the mean over seeds.
  ///
  /// Both must have been trained with the same first seeds. If one has more seeds, the surplus is left
  /// out.
  package func compared(with baseline: SeedAverage, on metric: Metric) throws -> Comparison {
    let shared = min(evaluations.count, baseline.evaluations.count)
    let mine = try userMeans(metric, seeds: shared)
    let theirs = try baseline.userMeans(metric, seeds: shared)
    let test = PairedDifference(zip(mine, theirs).map { $0 - $1 })
    let count = Double(mine.count)
    return Comparison(
      baseline: theirs.reduce(0, +) / count, mean: mine.reduce(0, +) / count,
      difference: test.mean, t: test.t, p: test.p,
      pOverSeeds: shared < 2 ? nil : try pOverSeeds(against: baseline, on: metric, seeds: shared))
  }

  private func pOverSeeds(
    against baseline: SeedAverage, on metric: Metric, seeds: Int
  ) throws -> Double {
    PairedDifference(
      try zip(evaluations, baseline.evaluations).prefix(seeds)
        .map { try $0.value(of: metric) - $1.value(of: metric) }
    ).p
  }

  /// The value of each user: the mean over the first seeds.
  private func userMeans(_ metric: Metric, seeds: Int) throws -> [Double] {
    let values = try evaluations.prefix(seeds).map { try $0.values(of: metric) }
    return values[0].indices.map { user in
      values.reduce(0) { $0 + $1[user] } / Double(values.count)
    }
  }

  private static func summary(_ values: [Double]) -> Summary {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return Summary(mean: mean, deviation: count > 1 ? (squares / (count - 1)).squareRoot() : 0)
  }
}
