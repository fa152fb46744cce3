public import CorralData
public import Torch

/// DSSM: tanh layers over what is known of a user, and over what is known of an item
/// (Huang and others, 2013), with ids and features where the paper has words.
///
/// Two towers of the same shape, over the embeddings of id and features joined end to end, tanh after
/// the last layer too. The query has no history: an unknown user is the mean of the outputs of the item
/// tower over their history. Parameters: `users.weight` and `items.weight`, `user_features.NAME.weight`,
/// `item_features.NAME.weight`, `query_tower.N.weight` and `.bias`, `item_tower.N.weight` and `.bias`,
/// `scale.log` where learned.
public struct DSSM: Retriever {
  /// The number of elements of a vector.
  public let dimension: Int
  private let similarity: RetrieverSettings.Similarity
  private let users: Embedding
  private let items: Embedding
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
    _ settings: DSSMSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    let columns = settings.dimension
    func encoders(_ table: FeatureTable, _ name: String) throws -> [FeatureEncoder] {
      guard settings.features == .on else { return [] }
      return try table.columns.map {
        try FeatureEncoder(
          $0, dimension: columns, spread: settings.initialSpread, in: scope / name / $0.name)
      }
    }
    func tower(_ parts: Int, _ name: String, stream: UInt64) throws -> Tower {
      try Tower(
        settings.hidden, over: parts * columns, activation: .tanh, last: .tanh,
        dropout: settings.dropout, stream: stream, in: scope / name)
    }
    dimension = settings.hidden.last ?? columns
    similarity = settings.similarity
    let spread = Initializer.normal(deviation: settings.initialSpread)
    users = try Embedding(
      catalogue.users.count, columns, initializer: spread, in: scope / "users")
    items = try Embedding(
      catalogue.items.count, columns, initializer: spread, in: scope / "items")
    userFeatures = try encoders(catalogue.users, "user_features")
    itemFeatures = try encoders(catalogue.items, "item_features")
    queryTower = try tower(1 + userFeatures.count, "query_tower", stream: 1)
    itemTower = try tower(1 + itemFeatures.count, "item_tower", stream: 2)
    logScale = try settings.scale.logarithm(in: scope)
  }

  /// Where the parameters are.
  public var device: Device { items.weight.device }

  /// The learned multiplier of scores.
  public var scale: Tensor? { logScale?.exp() }

  /// The vectors of some queries, `[batch, dimension]`; histories matter for unknown users only.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let positions = batch.users.map { $0?.rawValue ?? -1 }
    let known = queryTower(
      [Bags(batch.users).means(of: users)] + userFeatures.map { $0(positions) }, phase)
    guard batch.users.contains(nil) else { return similarity.prepared(known) }
    let isKnown = Tensor(positions.map { $0 >= 0 }, shape: [batch.count, 1], device: device)
    return similarity.prepared(isKnown.choose(known, else: folded(batch, phase)))
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    similarity.prepared(outputs(items.map(\.rawValue), phase))
  }

  private func outputs(_ positions: [Int32], _ phase: Phase) -> Tensor {
    let id = items(Tensor(positions, device: device))
    return itemTower([id] + itemFeatures.map { $0(positions) }, phase)
  }

  /// The means of unknown users' items, `[batch, dimension]`; zeros without a history.
  private func folded(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let bags = Bags(historiesOfUnknown: batch)
    guard !bags.indices.isEmpty else { return .zeros([batch.count, dimension], device: device) }
    return outputs(bags.indices, phase).bags(
      .range(0..<bags.indices.count, device: device), offsets: Tensor(bags.offsets, device: device),
      reduction: .mean, gradient: .dense)
  }
}
