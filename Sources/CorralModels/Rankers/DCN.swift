package import CorralData
package import Torch

/// The shape of the deep and cross network, first version: `ranker: {model: dcn}`.
public struct DCNSettings: RankerModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 64
  /// The number of cross layers.
  public var crosses = 3
  /// The widths of the layers beside them.
  public var hidden = [128, 128, 64]
  /// The share of activations that training drops after each of those layers.
  public var dropout: Float = 0.3
  /// The number of last items whose mean is a field; 0 for no such field.
  public var history = 0
  /// Whether users are known by their ids.
  public var userEmbedding = RetrieverSettings.Presence.on
  /// Whether the features of users, items and requests are seen.
  public var features = RetrieverSettings.Presence.on
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.01

  /// The defaults: three cross layers beside three others.
  public init() {}

  /// The name in settings.
  package static let name = "dcn"

  /// Who described the model, and when.
  package static let paper = "Wang and others, 2017"

  /// The network over a catalogue, with some heads.
  package func network(
    tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Ranker { try DCN(self, tasks: tasks, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkCommon()
    try check(crosses > 0, "crosses", crosses, "give 1 cross layer or more, such as 3")
  }
}

/// The deep and cross network (Wang and others, 2017): `x_{l+1} = x_0 (x_l . w_l) + b_l + x_l` over
/// all embeddings end to end, beside ordinary layers; a head is linear in both ends.
///
/// Every `x_l` is `a_l x_0 + c_l` with a number `a_l` and `c_l = b_0 + ... + b_{l-1}`. So a cross
/// layer needs only `x_0 . w_l`, which is the query's share plus the item's: a few numbers for each
/// candidate, however wide `x_0` is.
///
/// Parameters: those of the fields, `cross.weight` and `cross.bias` `[crosses, width]`,
/// `cross.heads` `[tasks, width]`, `mlp.N.weight`, `mlp.N.bias`.
package struct DCN: Ranker {
  /// The number of heads.
  package let tasks: Int
  private let queryFields: QueryFields
  private let itemFields: ItemFields
  private let queryWidth: Int
  private let weight: Tensor
  private let bias: Tensor
  private let heads: Tensor
  private let mlp: CandidateMLP

  /// A ranker for a catalogue with some heads.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: DCNSettings, tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    self.tasks = tasks
    itemFields = try ItemFields(settings.parts, of: catalogue, in: scope)
    queryFields = try QueryFields(
      settings.parts, of: catalogue, historyLength: settings.history,
      in: scope)
    try settings.checkFields(queryFields.count)
    queryWidth = queryFields.count * settings.dimension
    let width = queryWidth + itemFields.count * settings.dimension
    weight = try (scope / "cross").parameter(
      "weight", shape: [settings.crosses, width], initializer: .xavierUniform)
    bias = try (scope / "cross").parameter("bias", shape: [settings.crosses, width])
    heads = try (scope / "cross").parameter(
      "heads", shape: [tasks, width], initializer: .xavierUniform)
    mlp = try CandidateMLP(
      query: queryWidth, item: width - queryWidth, hidden: settings.hidden, tasks: tasks,
      dropout: settings.dropout, in: scope / "mlp")
  }

  /// The device of the parameters.
  package var device: Device { itemFields.table.weight.device }

  /// The logits of some candidates, `[batch, candidates, tasks]`.
  package func logits(_ batch: CandidateBatch, _ phase: Phase) -> Tensor {
    let rows = CandidateRows(batch, device: device)
    let query = Tensor.cat(queryFields(batch.queries), 1)
    let item = Tensor.cat(itemFields(rows.items), 1)
    let products = rows.spread(productsOfItem(item)) + productsOfQuery(query).unsqueeze(1)
    let crosses = weight.size(0)
    let (offsets, ends) = offsets
    var a = Tensor.ones([1], device: device)
    for layer in 0..<crosses {
      a = a * (products.narrow(2, layer..<layer + 1) + 1) + offsets.narrow(0, layer..<layer + 1)
    }
    let crossed = a * products.narrow(2, crosses..<crosses + tasks) + ends
    return crossed + mlp(query: query, item: item, rows, phase)
  }

  /// The query's share of `x_0` against every `w_l` and every head, `[batch, crosses + tasks]`.
  private func productsOfQuery(_ query: Tensor) -> Tensor {
    query.linear(Tensor.cat([weight, heads], 0).narrow(1, 0..<queryWidth))
  }

  /// The item's share of them, `[items, crosses + tasks]`.
  private func productsOfItem(_ item: Tensor) -> Tensor {
    item.linear(Tensor.cat([weight, heads], 0).narrow(1, queryWidth..<weight.size(1)))
  }

  /// `c_l . w_l` of every layer, and `c_L . o` of every head.
  private var offsets: (layers: Tensor, heads: Tensor) {
    let sums = bias.cumulativeSum(0)
    return (((sums - bias) * weight).sum(1), sums.select(0, weight.size(0) - 1).linear(heads))
  }
}

extension DCN: SplitRanker {
  /// `[first layer; products]` of queries.
  package func queryHalves(_ queries: QueryBatch) -> Tensor {
    let query = Tensor.cat(queryFields(queries), 1)
    return Tensor.cat([mlp.firstOfQuery(query), productsOfQuery(query)], 1)
  }

  /// `[first layer; products]` of items.
  package func itemHalves(_ items: [ItemIndex]) -> Tensor {
    let item = Tensor.cat(itemFields(items), 1)
    return Tensor.cat([mlp.firstOfItem(item), productsOfItem(item)], 1)
  }

  /// The layers, and the cross layers as a few numbers of each side.
  package func joint() -> HalfJoint {
    mlp.joint(VectorCrossing(offsets: offsets.layers.floats(), ends: offsets.heads.floats()))
  }
}

/// Cross layers with a vector each: the sums of both sides' products give `a_L`, then the heads.
private struct VectorCrossing: Crossing {
  /// `c_l . w_l` of every layer.
  let offsets: [Float]
  /// `c_L . o` of every head.
  let ends: [Float]
  var byteCount: Int { 4 * (offsets.count + ends.count) }

  func add(
    query: UnsafePointer<Float>, items: [UnsafePointer<Float>],
    to logits: UnsafeMutableBufferPointer<Float>, tasks: Int
  ) {
    for (candidate, item) in items.enumerated() {
      var a: Float = 1
      for layer in offsets.indices { a = a * (query[layer] + item[layer] + 1) + offsets[layer] }
      for task in 0..<tasks {
        let place = offsets.count + task
        logits[candidate * tasks + task] += a * (query[place] + item[place]) + ends[task]
      }
    }
  }
}
