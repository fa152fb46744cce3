public import CorralData
public import Torch

/// DeepFM (Guo and others, 2017): a factorisation machine and layers over the same embeddings.
///
/// `logit = w + sum_{i<j} <e_i, e_j> + MLP([e_1; e_2; ...])` over the fields of query and item, where
/// `w`, the sum of first-order weights, is an option. With `s` the sum of a side's embeddings,
/// `sum_{i<j} <e_i, e_j> = fm(query) + fm(item) + <s_query, s_item>`: one inner product a candidate.
/// Further heads come out of the last layer and share the other terms.
///
/// Parameters: `users.weight`, `items.weight`, `history.weight`, `user_features.NAME.weight`,
/// `item_features.NAME.weight`, the same under `first_order`, `mlp.N.weight`, `mlp.N.bias`.
public struct DeepFM: Ranker {
  /// The number of heads.
  public let tasks: Int
  private let dimension: Int
  private let queryFields: QueryFields
  private let itemFields: ItemFields
  private let firstOrder: (query: QueryFields, item: ItemFields)?
  private let mlp: CandidateMLP

  /// A ranker for a catalogue with some heads.
  ///
  /// Throws `ModelsError` for settings that no DeepFM can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: DeepFMSettings, tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    self.tasks = tasks
    dimension = settings.dimension
    itemFields = try ItemFields(settings.parts, of: catalogue, in: scope)
    queryFields = try QueryFields(
      settings.parts, of: catalogue, historyLength: settings.history,
      in: scope)
    try settings.checkFields(queryFields.count)
    if settings.firstOrder == .on {
      var parts = settings.parts
      parts.dimension = 1
      let items = try ItemFields(parts, of: catalogue, in: scope / "first_order")
      let queries = try QueryFields(
        parts, of: catalogue, historyLength: settings.history,
        in: scope / "first_order")
      firstOrder = (queries, items)
    } else {
      firstOrder = nil
    }
    mlp = try CandidateMLP(
      query: queryFields.count * dimension, item: itemFields.count * dimension,
      hidden: settings.hidden, tasks: tasks, dropout: settings.dropout, in: scope / "mlp")
  }

  /// Where the parameters are.
  public var device: Device { itemFields.table.weight.device }

  /// The logits of some candidates, `[batch, candidates, tasks]`.
  public func logits(_ batch: CandidateBatch, _ phase: Phase) -> Tensor {
    let rows = CandidateRows(batch, device: device)
    let query = Tensor.stack(queryFields(batch.queries), 1)
    let item = Tensor.stack(itemFields(rows.items), 1)
    let deep = mlp(query: query.flattened, item: item.flattened, rows, phase)
    let (ofQuery, ofItem) = (query.sum(1), item.sum(1))
    var (alone, itemAlone) = (query.pairs(sum: ofQuery), item.pairs(sum: ofItem))
    if let firstOrder {
      alone = firstOrder.query(batch.queries).reduce(alone, +)
      itemAlone = firstOrder.item(rows.items).reduce(itemAlone, +)
    }
    // The item's own term is one more coordinate, met by a 1.
    let one = Tensor.ones([batch.count, 1], device: device)
    let crossed = rows.spread(Tensor.cat([ofItem, itemAlone], 1))
      .matmul(Tensor.cat([ofQuery, one], 1).unsqueeze(2))
    return deep + crossed + alone.unsqueeze(1)
  }
}

extension Tensor {
  /// Fields `[rows, fields, dimension]` end to end, `[rows, fields * dimension]`.
  fileprivate var flattened: Tensor { reshape([size(0), size(1) * size(2)]) }

  /// The inner products of all pairs of fields, `[rows, 1]`: half of `|sum|^2 - sum |e|^2`.
  fileprivate func pairs(sum: Tensor) -> Tensor {
    ((sum * sum).sum(1, keep: true) - (self * self).sum([1, 2]).unsqueeze(1)) * 0.5
  }
}
