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
  private let factors: Factors
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
    factors = try Factors(
      catalogue, columns: dimension, spread: settings.initialSpread, in: scope)
    logScale = try settings.scale.logarithm(in: scope)
  }

  /// Where the parameters are.
  public var device: Device { factors.device }

  /// The learned multiplier of scores.
  public var scale: Tensor? { logScale?.exp() }

  /// The vectors of some queries, `[batch, dimension]`; histories matter for unknown users only.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    similarity.prepared(factors.ofUsers(batch))
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    similarity.prepared(factors.ofItems(items))
  }
}
