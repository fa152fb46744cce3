import CorralData

/// The shape of the two-tower network: `retriever: {model: two-tower}`.
public struct TwoTowerSettings: RetrieverModelSettings {
  /// The number of elements of each embedding, and of the vectors of a tower without layers.
  public var dimension = 64
  /// How the vectors of a query and an item are compared.
  public var similarity = RetrieverSettings.Similarity.cosine
  /// Whether a multiplier of all scores is learned besides the temperature of the loss.
  public var scale = RetrieverSettings.Scale.fixed
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1
  /// Whether users are known by their ids, besides histories and features.
  public var userEmbedding = RetrieverSettings.Presence.off
  /// How the history of a query becomes one vector.
  public var history = HistorySettings()
  /// Whether the features of users and items are seen.
  public var features = RetrieverSettings.Presence.on
  /// The widths of the layers over a query's embeddings, joined end to end; without layers its vector
  /// is their sum.
  public var queryTower: [Int] = []
  /// The widths of the layers over an item's embeddings; the last one is that of the query tower.
  public var itemTower: [Int] = []
  /// The share of activations that training drops between the layers of a tower.
  public var dropout: Float = 0

  /// The defaults: two towers without layers over the last items of a history, compared by cosine.
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Covington, Adams and Sargin, 2016; Yi and others, 2019"

  /// The most items of a history that a query looks at.
  public var historyLength: Int { history.length }

  /// An item without interactions is known by its features, where they are seen.
  public var placesItemsByFeatures: Bool { features == .on }

  /// Whether a query without a history would be nothing at all.
  public func needsHistory(_ catalogue: Catalogue) -> Bool {
    userEmbedding == .off && (features == .off || catalogue.users.columns.isEmpty)
  }

  /// Throws `ModelsError.setting` for the first value that no network can have.
  public func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(dropout: dropout)
    try history.validate()
    try check(
      queryTower.allSatisfy { $0 > 0 }, "queryTower", queryTower, "a layer has 1 width or more")
    try check(
      itemTower.allSatisfy { $0 > 0 }, "itemTower", itemTower, "a layer has 1 width or more")
    let (query, item) = (queryTower.last ?? dimension, itemTower.last ?? dimension)
    try check(
      query == item, "itemTower", itemTower,
      "item vectors would have \(item) elements and query vectors \(query); end both towers with "
        + "the same width (a tower without layers has that of retriever.dimension)")
  }
}
