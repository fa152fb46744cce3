/// The shape of a retriever: the `retriever` block of a settings file.
public struct RetrieverSettings: Sendable, Codable, Equatable {
  /// Which retriever: `two-tower` or `mf`.
  public var model = Kind.twoTower
  /// The number of elements of each embedding, and of the vectors of a tower without layers.
  public var dimension = 64
  /// How the vectors of a query and an item are compared.
  public var similarity = Similarity.cosine
  /// Whether a multiplier of all scores is learned besides the temperature of the loss.
  public var scale = Scale.fixed
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1
  /// Whether the two-tower network knows users by their ids, besides histories and features.
  public var userEmbedding = Presence.off
  /// How the two-tower network sees the history of a query.
  public var history = HistorySettings()
  /// Whether the two-tower network sees the features of users and items.
  public var features = Presence.on
  /// The widths of the layers over a query's embeddings, joined end to end; without layers its vector
  /// is their sum.
  public var queryTower: [Int] = []
  /// The widths of the layers over an item's embeddings; the last one is that of the query tower.
  public var itemTower: [Int] = []
  /// The share of activations that training drops between the layers of a tower.
  public var dropout: Float = 0

  /// The defaults: two towers without layers over the last items of a history, compared by cosine.
  public init() {}

  /// The retrievers.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// The two-tower network.
    case twoTower = "two-tower"
    /// Matrix factorisation.
    case matrixFactorisation = "mf"
  }

  /// The scores that an inner-product index can search by.
  public enum Similarity: String, Sendable, Codable, CaseIterable {
    /// The inner product of vectors scaled to length 1.
    case cosine
    /// The inner product.
    case dot
  }

  /// Where the multiplier of scores comes from.
  public enum Scale: String, Sendable, Codable, CaseIterable {
    /// Scores are divided by the temperature of the loss, and that is all.
    case fixed
    /// A learned multiplier, 1 at first: the temperature of the loss is where it starts from.
    case learned
  }

  /// Whether a part of a model is there.
  public enum Presence: String, Sendable, Codable, CaseIterable {
    /// It is.
    case on
    /// It is not.
    case off
  }
}

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
}
