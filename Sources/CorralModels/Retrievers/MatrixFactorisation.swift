public import CorralData
public import Torch

/// Matrix factorisation: a vector for each user and each item (Koren, Bell and Volinsky, 2009).
///
/// An unknown user is the mean of the items in their history. Parameters: `users.weight`
/// `[users, dimension]`, `items.weight` `[items, dimension]`, and `scale.log` where learned.
public struct MatrixFactorisation: Retriever {
  /// The number of elements of a vector.
  public let dimension: Int
  private let similarity: RetrieverSettings.Similarity
  private let userTable: Embedding
  private let itemTable: Embedding
  private let logScale: Tensor?

  /// A factorisation of the interactions of a catalogue.
  ///
  /// Throws `ModelsError` for settings that no factorisation can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: MatrixFactorisationSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    dimension = settings.dimension
    similarity = settings.similarity
    let spread = Initializer.normal(deviation: settings.initialSpread)
    userTable = try Embedding(
      catalogue.users.count, dimension, initializer: spread, in: scope / "users")
    itemTable = try Embedding(
      catalogue.items.count, dimension, initializer: spread, in: scope / "items")
    logScale = try settings.scale.logarithm(in: scope)
  }

  /// Where the parameters are.
  public var device: Device { itemTable.weight.device }

  /// The learned multiplier of scores.
  public var scale: Tensor? { logScale?.exp() }

  /// The vectors of some queries, `[batch, dimension]`; histories matter for unknown users only.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let known = Bags(batch.users).means(of: userTable)
    guard batch.users.contains(nil) else { return similarity.prepared(known) }
    var folded = Bags(capacity: batch.histories.values.count, rows: batch.count)
    for (row, user) in batch.users.enumerated() {
      if user == nil { folded.indices += batch.histories[row].lazy.map(\.rawValue) }
      folded.close()
    }
    return similarity.prepared(known + folded.means(of: itemTable))
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    similarity.prepared(itemTable(Tensor(positions: items, device: device)))
  }
}
