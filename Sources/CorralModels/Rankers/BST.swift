public import CorralData
public import Torch

/// The behaviour sequence transformer (Chen and others, 2019): the candidate is the last position of a
/// transformer over the history.
///
/// Positions end with the candidate's; the layers are over `[the history's outputs end to end; the
/// query's fields; the item's fields; the candidate's output]`. Unlike the paper's, the history does
/// not look at the candidate: so it is read once a query, and only the candidate's own position once
/// a candidate.
///
/// Parameters: those of the fields, `positions.weight` `[history + 1, dimension]`, those of
/// `blocks.N`, `mlp.N.weight`, `mlp.N.bias`.
public struct BST: Ranker {
  /// The number of heads.
  public let tasks: Int
  private let historyLength: Int
  private let queryFields: QueryFields
  private let itemFields: ItemFields
  private let positions: Tensor
  private let blocks: [BSTBlock]
  private let mlp: CandidateMLP

  /// A ranker for a catalogue with some heads of tasks.
  ///
  /// Throws `ModelsError` for settings that no such network can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: BSTSettings, tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
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

  /// Where the parameters are.
  public var device: Device { itemFields.table.weight.device }

  /// The logits of some candidates, `[batch, candidates, tasks]`.
  public func logits(_ batch: CandidateBatch, _ phase: Phase) -> Tensor {
    let rows = CandidateRows(batch, device: device)
    let recent = RecentItems(batch.queries.histories, length: historyLength)
    let isThere = recent.mask(on: device)
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
