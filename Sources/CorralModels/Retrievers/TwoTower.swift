public import CorralData
public import Torch

/// The two-tower network in the shape of YouTube's (Covington and others, 2016; Yi and others, 2019).
///
/// The query tower sees the user's id (optional), the average of the last items of the history, and
/// the user's features; the item tower the item's id and features. Vectors are scaled to length 1 for
/// cosine. An unknown user is one without id and features: an ordinary query through the history.
///
/// Parameters: `items.weight`, `users.weight`, `history.weight`, `history.ages`,
/// `user_features.NAME.weight`, `item_features.NAME.weight`, `query_tower.N.weight` and `.bias`,
/// `item_tower.N.weight` and `.bias`, `scale.log`: those of the parts that the settings ask for.
public struct TwoTower: Retriever {
  /// The number of elements of a vector.
  public let dimension: Int
  private let similarity: RetrieverSettings.Similarity
  private let itemTable: Embedding
  private let userTable: Embedding?
  private let history: HistoryEncoder?
  private let userFeatures: [FeatureEncoder]
  private let itemFeatures: [FeatureEncoder]
  private let queryTower: Tower
  private let itemTower: Tower
  private let logScale: Tensor?

  /// A network for a catalogue.
  ///
  /// Throws `ModelsError` for settings that no network can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: TwoTowerSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    func encoders(_ table: FeatureTable, _ name: String) throws -> [FeatureEncoder] {
      guard settings.features == .on else { return [] }
      return try table.columns.map {
        try FeatureEncoder(
          $0, dimension: settings.dimension, spread: settings.initialSpread,
          in: scope / name / $0.name)
      }
    }
    dimension = settings.queryTower.last ?? settings.dimension
    similarity = settings.similarity
    let spread = Initializer.normal(deviation: settings.initialSpread)
    itemTable = try Embedding(
      catalogue.items.count, settings.dimension, initializer: spread, in: scope / "items")
    userTable =
      settings.userEmbedding == .off
      ? nil
      : try Embedding(
        catalogue.users.count, settings.dimension, initializer: spread, in: scope / "users")
    history =
      settings.history.length == 0
      ? nil
      : try HistoryEncoder(
        settings.history, sharing: itemTable, spread: settings.initialSpread,
        in: scope / "history")
    userFeatures = try encoders(catalogue.users, "user_features")
    itemFeatures = try encoders(catalogue.items, "item_features")
    let parts = (userTable == nil ? 0 : 1) + (history == nil ? 0 : 1) + userFeatures.count
    guard parts > 0 else {
      throw ModelsError.setting(
        key: "retriever.history.length", value: "0",
        reason: "a query would be nothing at all without userEmbedding and user features; "
          + "give a length such as 20, or set retriever.userEmbedding to on")
    }
    queryTower = try Tower(
      settings.queryTower, over: parts * settings.dimension, dropout: settings.dropout, stream: 1,
      in: scope / "query_tower")
    itemTower = try Tower(
      settings.itemTower, over: (1 + itemFeatures.count) * settings.dimension,
      dropout: settings.dropout, stream: 2, in: scope / "item_tower")
    logScale = try settings.scale.logarithm(in: scope)
  }

  /// Where the parameters are.
  public var device: Device { itemTable.weight.device }

  /// The learned multiplier of scores.
  public var scale: Tensor? { logScale?.exp() }

  /// The vectors of some queries, `[batch, dimension]`.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    var parts: [Tensor] = []
    if let userTable { parts.append(Bags(batch.users).means(of: userTable)) }
    if let history { parts.append(history(batch.histories)) }
    if !userFeatures.isEmpty {
      let positions = batch.users.map { $0?.rawValue ?? -1 }
      parts += userFeatures.map { $0(positions) }
    }
    return similarity.prepared(queryTower(parts, phase))
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    let positions = items.map(\.rawValue)
    let id = itemTable(Tensor(positions, device: device))
    return similarity.prepared(itemTower([id] + itemFeatures.map { $0(positions) }, phase))
  }
}
