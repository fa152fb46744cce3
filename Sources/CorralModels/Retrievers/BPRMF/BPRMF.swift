public import CorralData
public import Torch

/// BPR-MF: a vector for each user and each item, compared by inner product
/// (Rendle and others, 2009).
///
/// `x_ui = <w_u, h_i>`. What makes it BPR-MF is how it is trained: by the loss of that paper, against
/// negatives drawn for each example. The paper's regularisation is the decay of weights.
/// An unknown user is the mean of the items in their history. Parameters: `users.weight`
/// `[users, dimension]` and `items.weight` `[items, dimension]`.
public struct BPRMF: Retriever {
  /// The number of elements of a vector.
  public let dimension: Int
  private let factors: Factors

  /// A factorisation of the interactions of a catalogue.
  ///
  /// Throws `ModelsError` for settings that no factorisation can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: BPRMFSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    dimension = settings.dimension
    factors = try Factors(
      catalogue, columns: dimension, spread: settings.initialSpread, in: scope)
  }

  /// Where the parameters are.
  public var device: Device { factors.device }

  /// Scores have no learned multiplier.
  public var scale: Tensor? { nil }

  /// The vectors of some queries, `[batch, dimension]`; histories matter for unknown users only.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor { factors.ofUsers(batch) }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor { factors.ofItems(items) }
}
