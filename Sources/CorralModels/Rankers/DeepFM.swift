package import CorralData
package import Torch

/// The shape of DeepFM: `ranker: {model: deepfm}`.
public struct DeepFMSettings: RankerModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 64
  /// The widths of the layers before the heads.
  public var hidden = [128, 128, 64]
  /// The share of activations that training drops after each of those layers.
  public var dropout: Float = 0.3
  /// Whether each category has a first-order weight besides its embedding.
  public var firstOrder = RetrieverSettings.Presence.off
  /// The number of last items whose mean is a field; 0 for no such field.
  public var history = 0
  /// Whether users are known by their ids.
  public var userEmbedding = RetrieverSettings.Presence.on
  /// Whether the features of users, items and requests are seen.
  public var features = RetrieverSettings.Presence.on
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.01

  /// The defaults: the setting of CoRR (Huang and others, 2023).
  public init() {}

  /// The name in settings.
  package static let name = "deepfm"

  /// Who described the model, and when.
  package static let paper = "Guo and others, 2017"

  /// The network over a catalogue, with some heads.
  package func network(
    tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Ranker { try DeepFM(self, tasks: tasks, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that DeepFM cannot have.
  package func validate() throws { try checkCommon() }
}

/// DeepFM (Guo and others, 2017): a factorisation machine and layers over the same embeddings.
///
/// `logit = w + sum_{i<j} <e_i, e_j> + MLP([e_1; e_2; ...])` over the fields of query and item;
/// `w`, the sum of first-order weights, is optional. Let `s` be the sum of a side's embeddings:
/// `sum_{i<j} <e_i, e_j> = fm(query) + fm(item) + <s_query, s_item>`, one inner product for each
/// candidate. Further heads have outputs of their own in the last layer, and share the other terms.
///
/// Parameters: `users.weight`, `items.weight`, `history.weight`, `user_features.NAME.weight`,
/// `item_features.NAME.weight`, the same under `first_order`, `mlp.N.weight`, `mlp.N.bias`.
package struct DeepFM: Ranker {
  /// The number of heads.
  package let tasks: Int
  private let dimension: Int
  private let queryFields: QueryFields
  private let itemFields: ItemFields
  private let firstOrder: (query: QueryFields, item: ItemFields)?
  private let mlp: CandidateMLP

  /// A ranker for a catalogue with some heads.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: DeepFMSettings, tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
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

  /// The device of the parameters.
  package var device: Device { itemFields.table.weight.device }

  /// The logits of some candidates, `[batch, candidates, tasks]`.
  package func logits(_ batch: CandidateBatch, _ phase: Phase) -> Tensor {
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
    // The item's own term is one more coordinate; the query's is 1.
    let one = Tensor.ones([batch.count, 1], device: device)
    let crossed = rows.spread(Tensor.cat([ofItem, itemAlone], 1))
      .matmul(Tensor.cat([ofQuery, one], 1).unsqueeze(2))
    return deep + crossed + alone.unsqueeze(1)
  }
}

extension DeepFM: SplitRanker {
  /// `[first layer; s; fm; 1]` of queries: the last three meet `[s; 1; fm]` of an item.
  package func queryHalves(_ queries: QueryBatch) -> Tensor {
    let (fields, sum, alone) = parts(of: queryFields(queries), firstOrder?.query(queries))
    let one = Tensor.ones([queries.count, 1], device: device)
    return Tensor.cat([mlp.firstOfQuery(fields), sum, alone, one], 1)
  }

  /// `[first layer; s; 1; fm]` of items.
  package func itemHalves(_ items: [ItemIndex]) -> Tensor {
    let (fields, sum, alone) = parts(of: itemFields(items), firstOrder?.item(items))
    let one = Tensor.ones([items.count, 1], device: device)
    return Tensor.cat([mlp.firstOfItem(fields), sum, one, alone], 1)
  }

  /// The fields of one side end to end, their sum, and what the side adds alone, `[rows, 1]`.
  private func parts(
    of fields: [Tensor], _ firstOrder: [Tensor]?
  ) -> (fields: Tensor, sum: Tensor, alone: Tensor) {
    let (flat, sum, pairs): (Tensor, Tensor, Tensor)
    if fields.count == 1 {
      // A field has no pair: each tensor operation that is left out counts in a request.
      (flat, sum) = (fields[0], fields[0])
      pairs = .zeros([sum.size(0), 1], device: device)
    } else {
      let stacked = Tensor.stack(fields, 1)
      (flat, sum) = (stacked.flattened, stacked.sum(1))
      pairs = stacked.pairs(sum: sum)
    }
    return (flat, sum, (firstOrder ?? []).reduce(pairs, +))
  }

  /// The layers, and `<s_query, s_item>` with the terms that each side has alone.
  package func joint() -> HalfJoint { mlp.joint(InnerProductCrossing(width: dimension + 2)) }
}

extension Tensor {
  /// Fields `[rows, fields, dimension]` end to end, `[rows, fields * dimension]`.
  fileprivate var flattened: Tensor { reshape([size(0), size(1) * size(2)]) }

  /// The inner products of all pairs of fields, `[rows, 1]`: half of `|sum|^2 - sum |e|^2`.
  fileprivate func pairs(sum: Tensor) -> Tensor {
    ((sum * sum).sum(1, keep: true) - (self * self).sum([1, 2]).unsqueeze(1)) * 0.5
  }
}
