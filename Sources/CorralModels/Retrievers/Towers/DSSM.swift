package import CorralData
package import Torch

/// The shape of DSSM: `retriever: {model: dssm}`.
public struct DSSMSettings: RetrieverModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 64
  /// The widths of the tanh layers over a user's embeddings, and of those over an item's.
  public var hidden = [128, 128, 128]
  /// The share of activations that training drops before each layer but the first.
  public var dropout: Float = 0.3
  /// How the vectors of a user and an item are compared.
  public var similarity = RetrieverSettings.Similarity.cosine
  /// Whether a multiplier of all scores is learned besides the temperature of the loss.
  public var scale = RetrieverSettings.Scale.fixed
  /// Whether the features of users and items are seen, besides their ids.
  public var features = RetrieverSettings.Presence.on
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: three layers of 128 on both sides, compared by cosine.
  public init() {}

  /// The name in settings.
  package static let name = "dssm"

  /// Who described the model, and when.
  package static let paper = "Huang, He, Gao, Deng, Acero and Heck, 2013"

  /// Only for users whom training never met does a history matter.
  package var historyLength: Int { 0 }

  /// An item without interactions is placed by its features, if they are seen.
  package var placesItemsByFeatures: Bool { features == .on }

  /// The general defaults at twice the rate.
  package static var training: TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.train.rate = 2e-3
    return recipe
  }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try DSSM(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(
      !hidden.isEmpty && hidden.allSatisfy { $0 > 0 }, "hidden", hidden,
      "give the width of each layer, such as [128, 128, 128]")
    try check(dropout: dropout)
  }
}

/// DSSM: tanh layers over the id and features of a user, and over those of an item
/// (Huang and others, 2013); the paper has words instead.
///
/// Two towers of the same shape stand over the embeddings of id and features joined end to end,
/// with tanh after the last layer too. The query has no history: an unknown user is the mean of
/// what the item tower makes of the items in their history. Parameters: `users.weight` and
/// `items.weight`, `user_features.NAME.weight`, `item_features.NAME.weight`, `query_tower.N.weight`
/// and `.bias`, `item_tower.N.weight` and `.bias`, `scale.log` if it is learned.
package struct DSSM: PlacingRetriever {
  /// The number of elements of the vectors of queries and items.
  package let width: Int
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
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: DSSMSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    let columns = settings.dimension
    let known = GrowingCatalogue(catalogue)
    func encoders(
      _ subject: FeatureEncoder.Subject, _ name: String
    ) throws -> [FeatureEncoder] {
      settings.features == .off
        ? []
        : try FeatureEncoder.all(
          of: known, subject, dimension: columns, spread: settings.initialSpread,
          in: scope / name)
    }
    func tower(_ parts: Int, _ name: String, stream: UInt64) throws -> Tower {
      try Tower(
        settings.hidden, over: parts * columns, activation: .tanh, last: .tanh,
        dropout: settings.dropout, stream: stream, in: scope / name)
    }
    width = settings.hidden.last ?? columns
    similarity = settings.similarity
    let spread = Initializer.normal(deviation: settings.initialSpread)
    users = try Embedding(
      catalogue.users.count, columns, rows: .users, initializer: spread, in: scope / "users")
    items = try Embedding(
      catalogue.items.count, columns, rows: .items, initializer: spread, in: scope / "items")
    userFeatures = try encoders(.users, "user_features")
    itemFeatures = try encoders(.items, "item_features")
    queryTower = try tower(1 + userFeatures.count, "query_tower", stream: 1)
    itemTower = try tower(1 + itemFeatures.count, "item_tower", stream: 2)
    logScale = try settings.scale.logarithm(in: scope)
  }

  /// The device of the parameters.
  package var device: Device { items.weight.device }

  /// The learned multiplier of scores.
  package var scale: Tensor? { logScale?.exp() }

  /// The vectors of some queries, `[batch, width]`; only for unknown users does a history matter.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let positions = batch.users.map { $0?.rawValue ?? -1 }
    let known = queryTower(
      [Bags(batch.users).means(of: users)] + userFeatures.map { $0(positions) }, phase)
    guard batch.users.contains(nil) else { return similarity.prepared(known) }
    let isKnown = Tensor(positions.map { $0 >= 0 }, shape: [batch.count, 1], device: device)
    return similarity.prepared(isKnown.choose(known, else: folded(batch, phase)))
  }

  /// The vectors of some items, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    similarity.prepared(outputs(items.map(\.rawValue), phase))
  }

  /// The vectors of some items as a table describes them, as `PlacingRetriever` says.
  package func items(
    _ items: [ItemIndex?], describedBy features: FeatureTable, _ phase: Phase
  ) -> Tensor {
    let id = Bags(items).means(of: self.items)
    return similarity.prepared(itemTower([id] + itemFeatures.map { $0(features) }, phase))
  }

  private func outputs(_ positions: [Int32], _ phase: Phase) -> Tensor {
    let id = items(Tensor(positions, device: device))
    return itemTower([id] + itemFeatures.map { $0(positions) }, phase)
  }

  /// The mean vectors of the items of unknown users, `[batch, width]`; zeros without a history.
  private func folded(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let bags = Bags(historiesOfUnknown: batch)
    guard !bags.indices.isEmpty else { return .zeros([batch.count, width], device: device) }
    return outputs(bags.indices, phase).bags(
      .range(0..<bags.indices.count, device: device), offsets: Tensor(bags.offsets, device: device),
      reduction: .mean, gradient: .dense)
  }
}
