import CorralData

/// How a query's history becomes one vector: the `retriever.history` block.
public struct HistorySettings: Sendable, Codable, Equatable {
  /// The number of last items that are looked at; 0 ignores histories.
  public var length = 20
  /// How much each of them counts.
  public var weighting = Weighting.learned
  /// With `decay` weighting, what the weight of an item is multiplied by for each item after it.
  public var decay: Float = 0.7
  /// Which embeddings the items of a history have.
  public var table = Table.separate

  /// The defaults: learned weights over the last 20 items.
  public init() {}

  /// The weights of the average over the last items; they are scaled to sum to 1.
  public enum Weighting: String, Sendable, Codable, CaseIterable {
    /// The same for all, as in Covington and others, 2016.
    case uniform
    /// Falling by the same factor from each item to the one before it.
    case decay
    /// Learned, one for each age: the softmax of as many numbers.
    case learned
  }

  /// The embeddings of history items.
  public enum Table: String, Sendable, Codable, CaseIterable {
    /// A table of its own: an item is seen differently as input and as target, as in item2vec.
    case separate
    /// The table that items as targets have.
    case shared
  }

  /// Throws `SettingError` for the first value that no history can have.
  func validate() throws {
    try SettingError.check(length >= 0, "length", length, "give 0 or more items")
    try SettingError.check(
      decay > 0 && decay <= 1, "decay", decay, "give a factor above 0 and at most 1")
  }
}
