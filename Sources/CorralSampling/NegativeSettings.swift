/// Which extra negatives a batch gets besides its own items.
public struct NegativeSettings: Sendable, Codable, Equatable {
  /// How extra negatives are drawn.
  public enum Sampler: Sendable, Codable, Equatable {
    /// Every item of the catalogue alike: mixed negative sampling (Yang and others, 2020).
    case uniform
    /// Proportional to a power of the items' training counts.
    case popularity(exponent: Double)
  }

  /// The number of extra negatives that all queries of a batch share; 0 for in-batch only.
  public var extra = 0
  /// How they are drawn.
  public var sampler = Sampler.uniform

  /// The defaults: in-batch negatives only.
  public init() {}
}
