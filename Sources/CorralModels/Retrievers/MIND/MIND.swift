public import CorralData
public import Torch

/// MIND: interests by dynamic routing of a history's items (Li and others, 2019).
///
/// Items are routed to capsules by `DynamicRouting`; a network with ReLU layers makes each capsule an
/// interest `v_k`, `[interests, dimension]` a user. Training scores a target e by label-aware
/// attention, `sum_k softmax_k(<v_k, e>^p) v_k`; serving takes the best interest of each item. Of odd
/// powers the sign is kept, and so it is here of every p, lest an interest be chosen for how badly it
/// fits. Every user has all the interests: the paper's fewer ones for short histories save storage.
///
/// Parameters: `items.weight` `[items, dimension]`, of items in histories and as targets;
/// `routing.map.weight` `[dimension, dimension]`, `routing.start` `[interests, history]`, which is
/// drawn and never trained; `layers.N.weight` and `.bias`.
public struct MIND: Retriever {
  /// The number of elements of a vector.
  public let dimension: Int
  /// The number of vectors that a query has.
  public let interests: Int
  private let length: Int
  private let power: Float
  private let dropout: Float
  private let table: Embedding
  private let routing: DynamicRouting
  private let layers: MLP

  /// A network for a catalogue.
  ///
  /// Throws `ModelsError` for settings that no network can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: MINDSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    dimension = settings.dimension
    interests = settings.interests
    length = settings.history
    power = settings.power
    dropout = settings.dropout
    table = try Embedding(
      catalogue.items.count, dimension, initializer: .normal(deviation: settings.initialSpread),
      in: scope / "items")
    routing = try DynamicRouting(
      of: length, to: interests, dimension: dimension, iterations: settings.iterations,
      in: scope / "routing")
    layers = try MLP([dimension] + settings.hidden + [dimension], in: scope / "layers")
  }

  /// Where the parameters are.
  public var device: Device { table.weight.device }

  /// Scores have no learned multiplier.
  public var scale: Tensor? { nil }

  /// The interests of some queries, `[batch, interests, dimension]`.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    interests(batch.histories, phase).asQueries()
  }

  private func interests(_ histories: Ragged<ItemIndex>, _ phase: Phase) -> Tensor {
    let recent = RecentItems(histories, length: length)
    let behaviours = recent.embedded(by: table).dropout(dropout, phase, 1)
    return layers(routing(behaviours, mask: recent.mask(on: device)))
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    table(Tensor(positions: items, device: device))
  }

  /// The interests of each query, mixed by label-aware attention to its target, `[batch, dimension]`.
  public func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    let interests = interests(batch.queries.histories, phase)
    let scores = interests.interestScores(of: targets())
    // Away from 0, where the slope of a power below 1 is infinite.
    let size = scores.absolute().clamped(to: 1e-6...(.infinity))
    let attention = (scores * size.power(power - 1)).softmax(1)
    return attention.unsqueeze(1).matmul(interests).squeeze(1)
  }
}
