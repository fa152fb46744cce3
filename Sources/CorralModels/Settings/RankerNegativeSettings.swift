import CorralData

/// The candidates that a ranker's positive is compared with: the block `negatives` of its settings.
public struct RankerNegativeSettings: Sendable, Codable, Equatable {
  /// Where draws come from.
  public var kind = Kind.uniform
  /// The number of negatives of each positive, including impressions.
  public var count = 20
  /// For `popularity`, the power of an item's count that its draws are in proportion to.
  public var exponent = 1.0
  /// The most negatives that are impressions, items shown to the user by then and not taken; the
  /// others are drawn.
  public var impressions = 10
  /// Whether draws that the user took in training count as negatives; impressions always do.
  public var known = KnownDraws.masked

  /// The defaults: 20 uniform draws, up to 10 of them replaced by impressions.
  public init() {}

  /// Where draws come from.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Each item is as likely as any other.
    case uniform
    /// Items in proportion to a power of their number of training interactions.
    case popularity
  }

  /// Throws `SettingError` for the first value that no ranker can learn from.
  package func validate() throws {
    try SettingError.check(
      count > 0, "count", count, "a ranker compares; give 1 or more, such as 20")
    try SettingError.check("exponent", exponent, atLeast: 0)
    try SettingError.check(
      (0...count).contains(impressions), "impressions", impressions,
      "they are among the \(count) negatives of each positive; give 0 to \(count)")
  }
}

/// Whether draws that the user took in training count as negatives.
public enum KnownDraws: String, Sendable, Codable, CaseIterable {
  /// They do not count: with seen items masked, a model never has to rank them below others.
  case masked
  /// They count like other negatives, as in the papers, and as logs with repeated interactions
  /// need.
  case kept
}
