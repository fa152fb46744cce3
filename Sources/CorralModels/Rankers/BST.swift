package import CorralData
package import Torch

/// The shape of the behaviour sequence transformer: `ranker: {model: bst}`.
public struct BSTSettings: RankerModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 64
  /// The number of last items that a candidate looks at.
  public var history = 20
  /// The number of transformer blocks.
  public var layers = 1
  /// The heads of the attention; each has an equal part of the dimension.
  public var heads = 2
  /// The widths of the layers before the heads.
  public var hidden = [128, 64]
  /// The share of activations that training drops, in blocks and after each of those layers.
  public var dropout: Float = 0.2
  /// Whether users are known by their ids.
  public var userEmbedding = RetrieverSettings.Presence.off
  /// Whether the features of users, items and requests are seen.
  public var features = RetrieverSettings.Presence.on
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.01

  /// The defaults: one block over the last 20 items.
  public init() {}

  /// The name in settings.
  package static let name = "bst"

  /// Who described the model, and when.
  package static let paper = "Chen and others, 2019"

  /// The network over a catalogue, with some heads.
  package func network(
    tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Ranker { try BST(self, tasks: tasks, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkCommon()
    try check(
      history > 0, "history", history,
      "bst reads the items of a history; give 1 or more, such as 20")
    try check(layers > 0, "layers", layers, "give 1 block or more")
    try check(
      heads > 0 && dimension % heads == 0, "heads", heads,
      "heads share the \(dimension) elements of ranker.dimension evenly; give a divisor of it, such "
        + "as \(dimension % 2 == 0 ? 2 : 1)")
  }
}

/// The behaviour sequence transformer (Chen and others, 2019): the candidate is the last position
/// of a transformer over the history.
///
/// The last position is the candidate's. The layers read `[the history's outputs end to end; the
/// query's fields; the item's fields; the candidate's output]`. Unlike in the paper, the history
/// does not attend to the candidate. So the history is computed once for each query, and only the
/// candidate's own position once for each candidate.
///
/// Parameters: those of the fields, `positions.weight` `[history + 1, dimension]`, those of
/// `blocks.N`, `mlp.N.weight`, `mlp.N.bias`.
package struct BST: Ranker {
  /// The number of heads.
  package let tasks: Int
  private let historyLength: Int
  private let queryFields: QueryFields
  private let itemFields: ItemFields
  private let positions: Tensor
  private let blocks: [BSTBlock]
  private let mlp: CandidateMLP

  /// A ranker for a catalogue with some heads.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: BSTSettings, tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    self.tasks = tasks
    historyLength = settings.history
    let dimension = settings.dimension
    itemFields = try ItemFields(settings.parts, of: catalogue, in: scope)
    queryFields = try QueryFields(settings.parts, of: catalogue, in: scope)
    positions = try (scope / "positions").parameter(
      "weight", shape: [settings.history + 1, dimension],
      initializer: .normal(deviation: settings.initialSpread))
    blocks = try (0..<settings.layers).map {
      try BSTBlock(
        dimension, heads: settings.heads, dropout: settings.dropout, stream: UInt64(8 * $0),
        in: scope / "blocks" / $0)
    }
    mlp = try CandidateMLP(
      query: (settings.history + queryFields.count) * dimension,
      item: itemFields.count * dimension, pair: dimension, hidden: settings.hidden, tasks: tasks,
      dropout: settings.dropout, in: scope / "mlp")
  }

  /// The device of the parameters.
  package var device: Device { itemFields.table.weight.device }

  /// The logits of some candidates, `[batch, candidates, tasks]`.
  package func logits(_ batch: CandidateBatch, _ phase: Phase) -> Tensor {
    let rows = CandidateRows(batch, device: device)
    let recent = RecentItems(batch.queries.histories, length: historyLength)
    let isThere = recent.isThere(on: device)
    let fields = itemFields(rows.items)
    var history = recent.embedded(by: itemFields.table) + positions[0..<historyLength]
    var candidates = rows.spread(fields[0] + positions[historyLength])
    for block in blocks {
      let next = block.history(history, isThere, phase)
      candidates = block.candidates(candidates, history: history, isThere, phase)
      history = next
    }
    let read = history * isThere.transpose().to(.float32)
    return mlp(
      query: ([read.reshape([batch.count, -1])] + queryFields(batch.queries)).joined(),
      item: Tensor.cat(fields, 1),
      pair: candidates, rows, phase)
  }
}
