package import CorralData
package import CorralIndex
package import Torch

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
  /// The widths of the layers over a query's embeddings, joined end to end; without layers, the
  /// vector of a query is the sum of its embeddings.
  public var queryTower: [Int] = []
  /// The widths of the layers over an item's embeddings; the last one is that of the query tower.
  public var itemTower: [Int] = []
  /// The share of activations that training drops between the layers of a tower.
  public var dropout: Float = 0

  /// The defaults: two towers without layers over the last items of a history, compared by cosine.
  public init() {}

  /// The name in settings.
  package static let name = "two-tower"

  /// Who described the model, and when.
  package static let paper = "Covington, Adams and Sargin, 2016; Yi and others, 2019"

  /// The most items of a history that a query looks at.
  package var historyLength: Int { history.length }

  /// An item without interactions is placed by its features, if they are seen.
  package var placesItemsByFeatures: Bool { features == .on }

  /// The query tower may see what is known of the user, the history, or both.
  package func scoredBy(_ catalogue: Catalogue) -> ScoredBy {
    let knowsUsers =
      userEmbedding == .on || (features == .on && !catalogue.users.columns.isEmpty)
    return !knowsUsers ? .history : history.length == 0 ? .userFirst : .both
  }

  /// A prompt multiplies each part of a query, or is one more part.
  package var taskIdentities: [TaskIdentity] { [.none, .prepend, .hadamard] }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try TwoTower(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(dropout: dropout)
    try SettingError.within("history") { try history.validate() }
    try check(widths: queryTower, "queryTower")
    try check(widths: itemTower, "itemTower")
    let (query, item) = (queryTower.last ?? dimension, itemTower.last ?? dimension)
    try check(
      query == item, "itemTower", itemTower,
      "item vectors would have \(item) elements and query vectors \(query); end both towers with "
        + "the same width (a tower without layers has that of retriever.dimension)")
  }
}

/// The two-tower network in the shape of YouTube's (Covington and others, 2016; Yi and others,
/// 2019).
///
/// The query tower sees the user's id (optional), the average of the last items of the history, and
/// the user's features; the item tower sees the item's id and features. For cosine, vectors are
/// scaled to length 1. An unknown user has neither id nor features, and is an ordinary query by the
/// history. A prompt multiplies each of these embeddings of a query, or is one more of them, zeros
/// for a query that is not told its cluster. New users and items can be added while it trains; a copy
/// of the network has them too, as it has the parameters.
///
/// Parameters: `items.weight`, `users.weight`, `history.weight`, `history.ages`,
/// `user_features.NAME.weight`, `item_features.NAME.weight`, `query_tower.N.weight` and `.bias`,
/// `item_tower.N.weight` and `.bias`, `scale.log`, `prompt.weight`; those of parts that are switched off do not
/// exist.
package struct TwoTower: GrowingRetriever, PlacingRetriever {
  /// The number of elements of the vectors of queries and items.
  package let width: Int
  private let known: GrowingCatalogue
  private let similarity: RetrieverSettings.Similarity
  private let itemTable: Embedding
  private let userTable: Embedding?
  private let history: HistoryEncoder?
  private let userFeatures: [FeatureEncoder]
  private let itemFeatures: [FeatureEncoder]
  private let queryTower: Tower
  private let itemTower: Tower
  private let logScale: Tensor?
  private let prompt: TaskPrompt
  private let dimension: Int

  /// A network for a catalogue.
  ///
  /// Throws `SettingError` if a query would be nothing, and `TorchError` if stored parameters do
  /// not fit.
  package init(
    _ settings: TwoTowerSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    let known = GrowingCatalogue(catalogue)
    self.known = known
    func encoders(
      _ subject: FeatureEncoder.Subject, _ name: String
    ) throws -> [FeatureEncoder] {
      settings.features == .off
        ? []
        : try FeatureEncoder.all(
          of: known, subject, dimension: settings.dimension, spread: settings.initialSpread,
          in: scope / name)
    }
    width = settings.queryTower.last ?? settings.dimension
    similarity = settings.similarity
    let spread = Initializer.normal(deviation: settings.initialSpread)
    itemTable = try Embedding(
      catalogue.items.count, settings.dimension, rows: .items, initializer: spread,
      in: scope / "items")
    userTable =
      settings.userEmbedding == .off
      ? nil
      : try Embedding(
        catalogue.users.count, settings.dimension, rows: .users, initializer: spread,
        in: scope / "users")
    history =
      settings.history.length == 0
      ? nil
      : try HistoryEncoder(
        settings.history, sharing: itemTable, spread: settings.initialSpread,
        in: scope / "history")
    userFeatures = try encoders(.users, "user_features")
    itemFeatures = try encoders(.items, "item_features")
    let parts = (userTable == nil ? 0 : 1) + (history == nil ? 0 : 1) + userFeatures.count
    guard parts > 0 else {
      throw SettingError(
        "history.length", 0,
        "a query would be nothing at all without userEmbedding and user features; "
          + "give a length such as 20, or set retriever.userEmbedding to on")
    }
    dimension = settings.dimension
    prompt = try TaskPrompt(
      catalogue.tasks, width: dimension, spread: settings.initialSpread, in: scope / "prompt")
    queryTower = try Tower(
      settings.queryTower, over: (parts + (prompt.isToken ? 1 : 0)) * dimension,
      dropout: settings.dropout, stream: 1, in: scope / "query_tower")
    itemTower = try Tower(
      settings.itemTower, over: (1 + itemFeatures.count) * settings.dimension,
      dropout: settings.dropout, stream: 2, in: scope / "item_tower")
    logScale = try settings.scale.logarithm(in: scope)
  }

  /// The device of the parameters.
  package var device: Device { itemTable.weight.device }

  /// The learned multiplier of scores.
  package var scale: Tensor? { logScale?.exp() }

  /// The users and items that it knows now.
  package var catalogue: Catalogue { known.value }

  /// Adds users and items, as `GrowingRetriever` says.
  package func grow(
    users: [FeatureRow], items: [FeatureRow], in parameters: Parameters
  ) throws {
    try known.grow(users: users, items: items, in: parameters)
    let (rows, count) = (itemTable.weight.size(0), catalogue.items.count)
    if rows != count {
      fatalError(
        "TwoTower: \(count) items, and a table of shape \(itemTable.weight.shape): these are not the "
          + "parameters of the network")
    }
  }

  /// The vectors of some queries, `[batch, width]`.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    var parts: [Tensor] = []
    if let userTable { parts.append(Bags(batch.users).means(of: userTable)) }
    if let history { parts.append(history(batch.histories)) }
    if !userFeatures.isEmpty {
      let positions = batch.users.map { $0?.rawValue ?? -1 }
      parts += userFeatures.map { $0(positions) }
    }
    parts = parts.map { prompt.multiplying($0, batch.clusters) }
    if prompt.isToken {
      parts.append(
        prompt.tokens(batch.clusters) ?? .zeros([batch.count, dimension], device: device))
    }
    return similarity.prepared(queryTower(parts, phase))
  }

  /// The vectors of some items, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    let positions = items.map(\.rawValue)
    let id = itemTable(Tensor(positions, device: device))
    return similarity.prepared(itemTower([id] + itemFeatures.map { $0(positions) }, phase))
  }

  /// The vectors of some items as a table describes them, as `PlacingRetriever` says.
  package func items(
    _ items: [ItemIndex?], describedBy features: FeatureTable, _ phase: Phase
  ) -> Tensor {
    let id = Bags(items).means(of: itemTable)
    return similarity.prepared(itemTower([id] + itemFeatures.map { $0(features) }, phase))
  }
}
