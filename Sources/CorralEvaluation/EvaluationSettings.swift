import CorralData

/// How a model is measured: the settings block `evaluate`.
public struct EvaluationSettings: Sendable, Codable, Hashable {
  /// Whether items that a user has already met can be recommended to them.
  public enum SeenItems: String, Sendable, Codable, CaseIterable {
    /// They are left out of the ranking. A target that the user has already met can then never be
    /// hit; how many there are is counted in the report.
    case masked
    /// They are ranked like all others, as repeat consumption asks for.
    case ranked
  }

  /// The numbers of recommendations at which every measure is taken.
  public var cutoffs = [5, 10, 20, 50]
  /// What is measured at every cut-off.
  public var measures: [Measure] = [.recall, .ndcg, .mrr, .hit, .popularity, .coverage]
  /// How many items a retriever hands to a ranker, where there is one.
  public var candidates = 100
  /// Other numbers of candidates to measure a ranker with: `[20, 50, 100, 200, 500]`.
  public var sweep: [Int] = []
  /// Whether items that a user has already met are ranked.
  public var seen = SeenItems.masked
  /// How often users are drawn again for a confidence interval; 0 gives none.
  public var resamples = 1000
  /// The seed of that drawing.
  public var seed: UInt64 = 2024

  /// The most resamples: more take memory and time and narrow no interval.
  private static let mostResamples = 100_000

  /// The settings that reports use unless told otherwise.
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

  /// Throws `SettingError` for the first setting that cannot be used, whatever the data.
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
