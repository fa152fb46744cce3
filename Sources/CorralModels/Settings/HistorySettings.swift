import CorralData

/// How the two-tower network turns a history into one vector: the block `retriever.history`.
public struct HistorySettings: Sendable, Codable, Equatable {
  /// The number of last items that are looked at; 0 ignores histories.
  public var length = 20
  /// The weight of each of them.
  public var weighting = Weighting.learned
  /// With `decay` weighting, the factor on an item's weight for each item after it.
  public var decay: Float = 0.7
  /// The embeddings of the items of a history.
  public var table = Table.separate

  /// The defaults: learned weights over the last 20 items.
  public init() {}

  /// The weights of the average over the last items; they sum to 1.
  public enum Weighting: String, Sendable, Codable, CaseIterable {
    /// The same weight for all, as in Covington and others, 2016.
    case uniform
    /// A weight that falls by the same factor from each item to the one before it.
    case decay
    /// A learned weight for each age; the last item has age 0.
    case learned
  }

  /// The embeddings of history items.
  public enum Table: String, Sendable, Codable, CaseIterable {
    /// A table of its own: an item as input and as target are two vectors, as in item2vec.
    case separate
    /// The table of the items as targets.
    case shared
  }

  /// Throws `SettingError` for the first value that cannot be used.
  func validate() throws {
    try SettingError.check(length >= 0, "length", length, "give 0 or more items")
    try SettingError.check(
      decay > 0 && decay <= 1, "decay", decay, "give a factor above 0 and at most 1")
  }
}
