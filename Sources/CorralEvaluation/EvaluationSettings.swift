import CorralData

/// The settings of an evaluation: the `evaluate` block of a settings file.
public struct EvaluationSettings: Sendable, Codable, Hashable {
  /// Whether items that a user has already met can be recommended.
  public enum SeenItems: String, Sendable, Codable, CaseIterable {
    /// They are masked. A target that the user has already met can then never be hit; the report
    /// counts these.
    case masked
    /// They are ranked like all others, which suits repeat consumption.
    case ranked
  }

  /// The numbers of recommendations at which every measure is taken.
  public var cutoffs = [5, 10, 20, 50]
  /// The measures taken at every cut-off.
  public var measures: [Measure] = [.recall, .ndcg, .mrr, .hit, .popularity, .coverage]
  /// The number of candidates that a ranker is given.
  public var candidates = 100
  /// Further numbers of candidates to measure a ranker with: `[20, 50, 100, 200, 500]`.
  public var sweep: [Int] = []
  /// Whether items that a user has already met can be recommended.
  public var seen = SeenItems.masked
  /// The number of bootstrap resamples for confidence intervals; 0 gives none.
  public var resamples = 1000
  /// The seed of the resamples.
  public var seed: UInt64 = 2024

  /// The most resamples.
  ///
  /// More take memory and time without a narrower interval.
  private static let mostResamples = 100_000

  /// Creates the defaults.
  public init() {}

  /// Every measure at every cut-off, in order.
  package var metrics: [Metric] {
    measures.flatMap { measure in cutoffs.map { Metric(measure, at: $0) } }
  }

  /// Throws `SettingError`, or `EvaluationError` for a cut-off beyond the catalogue.
  func validate(itemCount: Int) throws {
    try SettingError.within("evaluate") { try validate() }
    if let depth = cutoffs.max(), depth > itemCount {
      throw EvaluationError.cutoffBeyondCatalogue(cutoff: depth, items: itemCount)
    }
  }

  /// Throws `SettingError` for the first setting that cannot be used with any data.
  package func validate() throws {
    try SettingError.check(
      !cutoffs.isEmpty && cutoffs.allSatisfy { $0 > 0 }, "cutoffs", cutoffs,
      "give one or more whole numbers from 1, such as [10, 20]")
    for (key, value) in [("candidates", candidates)] + sweep.map({ ("sweep", $0) }) {
      try SettingError.check(
        value > 0, key, value, "a ranker orders 1 candidate or more, such as 100")
    }
    try SettingError.check(
      !measures.isEmpty, "measures", measures,
      "give one or more of " + Measure.allCases.map(\.rawValue).joined(separator: ", "))
    try SettingError.check(
      (0...Self.mostResamples).contains(resamples), "resamples", resamples,
      "give 0 for no intervals, or up to \(Self.mostResamples), such as 1000")
  }
}
