public import CorralData
public import Torch

/// A multi-gate mixture of experts as a user encoder (Ma and others, 2018), its experts blocks of
/// self-attention: the baseline of divide and conquer (Zhang and others, 2023).
///
/// Expert e turns a history into a vector `f_e`; gate k, which sees the mean x of what the experts see,
/// mixes them: `v_k = sum_e softmax_e(G_k x) f_e`. In that paper a gate is a task and a task one cluster
/// of items. Here a gate is an interest: with one, it is the mixture of experts that encodes a user;
/// with several, training scores a target by the one that likes it best, so that gates find their
/// tasks themselves, and serving takes the best interest of each item.
///
/// Parameters: `items.weight` `[items, dimension]`, of items in histories and as targets; `places`
/// `[history, dimension]`; `gates.weight` `[interests * experts, dimension]`; those of
/// `SelfAttentionExpert` under `experts.N`.
public struct MMoE: Retriever {
  /// The number of elements of a vector.
  public let dimension: Int
  /// The number of vectors that a query has: one a gate.
  public let interests: Int
  private let length: Int
  private let dropout: Float
  private let table: Embedding
  private let places: Tensor
  private let gates: Linear
  private let experts: [SelfAttentionExpert]

  /// A network for a catalogue.
  ///
  /// Throws `ModelsError` for settings that no network can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: MMoESettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    dimension = settings.dimension
    interests = settings.interests
    length = settings.history
    dropout = settings.dropout
    let spread = Initializer.normal(deviation: settings.initialSpread)
    table = try Embedding(
      catalogue.items.count, dimension, initializer: spread, in: scope / "items")
    places = try scope.parameter("places", shape: [length, dimension], initializer: spread)
    gates = try Linear(
      dimension, interests * settings.experts, bias: false, in: scope / "gates")
    experts = try (0..<settings.experts).map { try SelfAttentionExpert(settings, $0, in: scope) }
  }

  /// Where the parameters are.
  public var device: Device { table.weight.device }

  /// Scores have no learned multiplier.
  public var scale: Tensor? { nil }

  /// The vectors of some queries, `[batch, interests, dimension]`, or `[batch, dimension]` with one.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    interests(batch.histories, phase).asQueries()
  }

  private func interests(_ histories: Ragged<ItemIndex>, _ phase: Phase) -> Tensor {
    let recent = RecentItems(histories, length: length)
    let mask = recent.mask(on: device)
    let known = mask.to(.float32).transpose(1, 2)
    let items = ((recent.embedded(by: table) + places) * known).dropout(dropout, phase, 1)
    let mean = items.sum(1) / known.sum(1).clamped(to: 1...(.infinity))
    let weights = gates(mean).reshape([histories.count, interests, experts.count]).softmax(2)
    return weights.matmul(outputs(items, mask: mask, phase))
  }

  /// What each expert makes of the items, `[batch, experts, dimension]`: all of them look at once.
  private func outputs(_ items: Tensor, mask: Tensor, _ phase: Phase) -> Tensor {
    let last = items.narrow(1, length - 1..<length).squeeze(1)
    let looking = experts.map { $0.looking(from: last) }
    let heads = looking[0].size(1)
    let seen = Tensor.attention(Tensor.cat(looking, 1), items, items, mask: mask)
    return Tensor.stack(
      experts.enumerated().map { number, expert in
        expert(last, seen: seen.narrow(1, number * heads..<(number + 1) * heads), phase)
      }, 1)
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    table(Tensor(positions: items, device: device))
  }

  /// The one vector of each query, or the one that scores its target best, `[batch, dimension]`.
  public func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    let vectors = interests(batch.queries.histories, phase)
    return interests == 1 ? vectors.squeeze(1) : vectors.bestInterest(toward: targets())
  }
}
