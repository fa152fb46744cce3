public import CorralData
public import Torch

/// Logistic matrix factorisation: the probability that a user interacts with an item (Johnson, 2014).
///
/// `logit p(u, i) = <x_u, y_i> + b_u + b_i`, trained by binary cross-entropy. The biases are two more
/// coordinates, `(x_u, b_u, 1)` and `(y_i, 1, b_i)`, so that the score is an inner product and any
/// index searches by it. An unknown user is the mean of the items in their history. Parameters, a bias
/// in the last column: `users.weight` `[users, dimension + 1]` and `items.weight`
/// `[items, dimension + 1]`.
public struct LogisticMF: Retriever {
  /// The number of elements of a vector, the two coordinates of the biases counted.
  public let dimension: Int
  private let factors: Factors

  /// A factorisation of the interactions of a catalogue.
  ///
  /// Throws `ModelsError` for settings that no factorisation can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: LogisticMFSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    dimension = settings.dimension + 2
    factors = try Factors(
      catalogue, columns: settings.dimension + 1, spread: settings.initialSpread, in: scope)
  }

  /// Where the parameters are.
  public var device: Device { factors.device }

  /// Scores have no learned multiplier.
  public var scale: Tensor? { nil }

  /// The vectors of some queries, `[batch, dimension]`; histories matter for unknown users only.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let users = factors.ofUsers(batch)
    return Tensor.cat([users, .ones([batch.count, 1], device: device)], 1)
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    let rows = factors.ofItems(items)
    let one = Tensor.ones([items.count, 1], device: device)
    let bias = dimension - 2
    return Tensor.cat([rows.narrow(1, 0..<bias), one, rows.narrow(1, bias..<bias + 1)], 1)
  }
}
