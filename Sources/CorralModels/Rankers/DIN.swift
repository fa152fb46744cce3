package import CorralData
package import Torch

/// The shape of the deep interest network: `ranker: {model: din}`.
public struct DINSettings: RankerModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 128
  /// The number of last items that a candidate looks at.
  public var history = 20
  /// Whether the weight of an item depends on its position in the history.
  public var positionEmbedding = RetrieverSettings.Presence.off
  /// The widths of the layers of the activation unit.
  public var attention = [128, 64]
  /// The widths of the layers before the heads.
  public var hidden = [128, 128]
  /// The share of activations that training drops after each of those layers.
  public var dropout: Float = 0.3
  /// Whether users are known by their ids.
  public var userEmbedding = RetrieverSettings.Presence.off
  /// Whether the features of users, items and requests are seen.
  public var features = RetrieverSettings.Presence.on
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.01

  /// The defaults: the setting of CoRR (Huang and others, 2023).
  public init() {}

  /// The name in settings.
  package static let name = "din"

  /// Who described the model, and when.
  package static let paper = "Zhou and others, 2018"

  /// The network over a catalogue, with some heads.
  package func network(
    tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Ranker { try DIN(self, tasks: tasks, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkCommon()
    try check(
      history > 0, "history", history,
      "din weighs the items of a history; give 1 or more, such as 20")
    try check(widths: attention, "attention")
  }
}

/// The deep interest network (Zhou and others, 2018): a candidate weighs each item of the history.
///
/// Let `t` be the candidate's embedding and `s_l` those of the last items:
/// `v = sum_l a(t, s_l) s_l`. The layers, with Dice, read
/// `[query's fields; t; item's features; v; t * v]`, and each item has a bias of its own. An empty
/// history gives `v = 0`. With `positionEmbedding` the weight is `a(t, s_l + p_l)`, so that the
/// order of a history counts, as it does not in the paper.
///
/// Parameters: those of the fields, `attention.N.weight` and `.bias`, `mlp.N.weight` and `.bias`,
/// `mlp.N.dice.alpha`, `.mean` and `.variance`, `item_bias.weight` `[items, 1]`, and with position
/// embeddings `positions.weight` `[history, dimension]`.
package struct DIN: Ranker {
  /// The number of heads.
  package let tasks: Int
  private let historyLength: Int
  private let queryFields: QueryFields
  private let itemFields: ItemFields
  private let positions: Tensor?
  private let attention: ActivationUnit
  private let itemBias: Embedding
  private let mlp: CandidateMLP

  /// A ranker for a catalogue with some heads.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: DINSettings, tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    self.tasks = tasks
    historyLength = settings.history
    let dimension = settings.dimension
    itemFields = try ItemFields(settings.parts, of: catalogue, in: scope)
    queryFields = try QueryFields(settings.parts, of: catalogue, in: scope)
    positions =
      settings.positionEmbedding == .off
      ? nil
      : try (scope / "positions").parameter(
        "weight", shape: [settings.history, dimension],
        initializer: .normal(deviation: settings.initialSpread))
    attention = try ActivationUnit(
      dimension, widths: settings.attention, in: scope / "attention")
    itemBias = try Embedding(
      catalogue.items.count, 1, rows: .items, initializer: .zeros, in: scope / "item_bias")
    mlp = try CandidateMLP(
      query: queryFields.count * dimension, item: itemFields.count * dimension,
      pair: 2 * dimension, hidden: settings.hidden, tasks: tasks, .dice,
      dropout: settings.dropout, in: scope / "mlp")
  }

  /// The device of the parameters.
  package var device: Device { itemFields.table.weight.device }

  /// The logits of some candidates, `[batch, candidates, tasks]`.
  package func logits(_ batch: CandidateBatch, _ phase: Phase) -> Tensor {
    let rows = CandidateRows(batch, device: device)
    let fields = itemFields(rows.items)
    let histories = batch.queries.histories
    let length = min(historyLength, histories.longest)
    let history = RecentItems(histories, length: length).embedded(by: itemFields.table)
    let candidates = rows.spread(fields[0])
    let weights = attention(
      history: positions.map { history + $0[historyLength - length..<historyLength] } ?? history,
      items: fields[0], candidates: candidates, rows)
    // A position without an item has a zero embedding, whatever its weight.
    let interest = weights.matmul(history)
    let logits = mlp(
      query: queryFields(batch.queries).joined(), item: Tensor.cat(fields, 1),
      pair: Tensor.cat([interest, candidates * interest], 2), rows, phase)
    return logits + rows.spread(itemBias(Tensor(positions: rows.items, device: device)))
  }
}

extension Ragged {
  /// The length of the longest row, at least 1.
  fileprivate var longest: Int {
    zip(offsets, offsets.dropFirst()).reduce(1) { max($0, $1.1 - $1.0) }
  }
}
