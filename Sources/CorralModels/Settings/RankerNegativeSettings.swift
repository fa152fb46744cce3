import CorralData
public import CorralSampling

/// The negatives that a ranker's positive is compared with: the `negatives` block of its settings.
public struct RankerNegativeSettings: Sendable, Codable, Equatable {
  /// Where draws come from: any source but `in-batch`, `in-cluster` and `all`.
  ///
  /// Sources that follow a retriever draw by the vectors of the one that the ranker is trained over.
  public var kind = NegativeSource.uniform
  /// The negatives of each positive, impressions counted.
  public var count = 20
  /// For `popularity`, the power of the counts that draws are in proportion to.
  public var exponent = 1.0
  /// For `softmax` and `multi-index`, what the retriever's scores are divided by.
  public var temperature: Float = 1
  /// For `multi-index`, the clusters of each half of the item vectors; for `cluster`, of the vectors.
  public var clusters = 32
  /// For `top-rand` and `top-and-rand`, how many of the best items are drawn among.
  public var pool = 100
  /// The most negatives that are impressions: shown to the user at that time or before, and not taken.
  ///
  /// The others are drawn, and all of them if the log has no impressions.
  public var impressions = 10
  /// What becomes of draws that the user took in training; impressions stay what they are.
  public var known = KnownDraws.masked

  /// The defaults: 20 uniform draws, up to 10 of them replaced by impressions.
  public init() {}

  /// How these negatives are drawn.
  package var proposal: ProposalSettings {
    var settings = ProposalSettings()
    (settings.kind, settings.count, settings.exponent) = (kind, count, exponent)
    (settings.temperature, settings.clusters, settings.pool) = (temperature, clusters, pool)
    return settings
  }

  /// Throws `SettingError` for the first value that no ranker can learn from.
  public func validate() throws {
    try SettingError.check(
      count > 0, "count", count, "a ranker compares; give 1 or more, such as 20")
    try proposal.validate()
    try SettingError.check(
      (0...count).contains(impressions), "impressions", impressions,
      "they are some of the \(count) negatives; give 0 to \(count)")
  }
}
