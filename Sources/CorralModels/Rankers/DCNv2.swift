package import CorralData
import CorralVectors
package import Torch

/// The shape of the deep and cross network, second version: `ranker: {model: dcn-v2}`.
public struct DCNv2Settings: RankerModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 64
  /// The number of cross layers.
  public var crosses = 2
  /// The rank of their matrices; 0 leaves them whole.
  public var rank = 0
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

  /// The defaults: two cross layers with whole matrices beside three others.
  public init() {}

  /// The name in settings.
  package static let name = "dcn-v2"

  /// Who described the model, and when.
  package static let paper = "Wang and others, 2021"

  /// The network over a catalogue, with some heads.
  package func network(
    tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Ranker { try DCNv2(self, tasks: tasks, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkCommon()
    try check(crosses > 0, "crosses", crosses, "give 1 cross layer or more, such as 2")
    try check(rank >= 0, "rank", rank, "give 0 for whole matrices, or a rank such as 32")
  }
}

/// The deep and cross network with matrices (Wang and others, 2021):
/// `x_{l+1} = x_0 * (W_l x_l + b_l) + x_l`, element by element, over all embeddings end to end,
/// beside ordinary layers (the paper's parallel structure); a head is linear in both ends.
///
/// `W_0 x_0` is the query's share plus the item's; the later products are made for each candidate.
/// With a rank r below the width, `W_l = U_l V_l` with `V_l` `[r, width]`.
///
/// Parameters: those of the fields, `cross.N.weight` and `cross.N.bias`, with a rank also
/// `cross.N.inner`, `heads.weight` `[tasks, width]`, `mlp.N.weight`, `mlp.N.bias`.
package struct DCNv2: Ranker {
  /// The number of heads.
  package let tasks: Int
  private let queryFields: QueryFields
  private let itemFields: ItemFields
  private let queryWidth: Int
  private let crosses: [Cross]
  private let heads: Tensor
  private let mlp: CandidateMLP

  /// `W x + b`, with a whole matrix or a product of two.
  private struct Cross {
    let inner: Tensor?
    let outer: Linear

    init(_ width: Int, rank: Int, in scope: Parameters.Scope) throws {
      inner =
        rank == 0
        ? nil
        : try scope.parameter("inner", shape: [rank, width], initializer: .xavierUniform)
      outer = try Linear(rank == 0 ? width : rank, width, in: scope)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { outer(inner.map { x.linear($0) } ?? x) }

    /// `W x_0 + b + 1` from the two parts of `x_0`.
    func first(query: Tensor, item: Tensor, _ rows: CandidateRows) -> Tensor {
      let sum = rows.spread(ofItem(item, after: query.size(1))) + ofQuery(query).unsqueeze(1)
      return inner == nil ? sum : outer(sum) + 1
    }

    /// The query's share of the first product: of `W x_0 + b + 1`, or with a rank of `V x_0`.
    func ofQuery(_ query: Tensor) -> Tensor {
      let own = (inner ?? outer.weight).narrow(1, 0..<query.size(1))
      return inner == nil ? query.linear(own, outer.bias) + 1 : query.linear(own)
    }

    /// The item's share of the first product, whose columns follow those of the query.
    func ofItem(_ item: Tensor, after query: Int) -> Tensor {
      item.linear((inner ?? outer.weight).narrow(1, query..<query + item.size(1)))
    }
  }

  /// A ranker for a catalogue with some heads.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: DCNv2Settings, tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    self.tasks = tasks
    itemFields = try ItemFields(settings.parts, of: catalogue, in: scope)
    queryFields = try QueryFields(
      settings.parts, of: catalogue, historyLength: settings.history,
      in: scope)
    try settings.checkFields(queryFields.count)
    queryWidth = queryFields.count * settings.dimension
    let width = queryWidth + itemFields.count * settings.dimension
    crosses = try (0..<settings.crosses).map {
      try Cross(width, rank: settings.rank, in: scope / "cross" / $0)
    }
    heads = try (scope / "heads").parameter(
      "weight", shape: [tasks, width], initializer: .xavierUniform)
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
    let whole = [batch.count, batch.candidates, queryWidth]
    let start = Tensor.cat([query.unsqueeze(1).expand(whole), rows.spread(item)], 2)
    var x = start * crosses[0].first(query: query, item: item, rows)
    for cross in crosses.dropFirst() { x = start * cross(x) + x }
    return x.linear(heads) + mlp(query: query, item: item, rows, phase)
  }
}

extension DCNv2: SplitRanker {
  /// `[first layer; first product; fields]` of queries.
  package func queryHalves(_ queries: QueryBatch) -> Tensor {
    let query = Tensor.cat(queryFields(queries), 1)
    return Tensor.cat([mlp.firstOfQuery(query), crosses[0].ofQuery(query), query], 1)
  }

  /// `[first layer; first product; fields]` of items.
  package func itemHalves(_ items: [ItemIndex]) -> Tensor {
    let item = Tensor.cat(itemFields(items), 1)
    return Tensor.cat([mlp.firstOfItem(item), crosses[0].ofItem(item, after: queryWidth), item], 1)
  }

  /// The layers, and the cross layers for each candidate.
  package func joint() -> HalfJoint {
    let width = heads.size(1)
    let first = crosses[0]
    return mlp.joint(
      MatrixCrossing(
        query: queryWidth, item: width - queryWidth,
        product: (first.inner ?? first.outer.weight).size(0),
        first: first.inner == nil
          ? nil
          : DenseLayer(
            first.outer.weight.matrix(), bias: first.outer.bias.map { ($0 + 1).floats() }),
        others: crosses.dropFirst().map { cross in
          (inner: cross.inner.map { DenseLayer($0.matrix()) }, outer: DenseLayer(cross.outer))
        },
        heads: DenseLayer(heads.matrix())))
  }
}

/// Cross layers with a matrix each, `x = x_0 * (W x + b) + x`, then the heads.
///
/// The rest of a vector is its share of the first product, then its fields.
private struct MatrixCrossing: Crossing {
  /// The widths of the fields of a query and of an item, and of the first product.
  let query: Int
  let item: Int
  let product: Int
  /// What makes `W x_0 + b + 1` of the first product; `nil` where it is that.
  let first: DenseLayer?
  /// The further cross layers: a matrix, or two whose product it is.
  let others: [(inner: DenseLayer?, outer: DenseLayer)]
  let heads: DenseLayer

  private var layers: [DenseLayer] {
    [first, heads].compactMap(\.self) + others.flatMap { [$0.inner, $0.outer].compactMap(\.self) }
  }

  var byteCount: Int { layers.reduce(0) { $0 + $1.byteCount } }

  func add(
    query ofQuery: UnsafePointer<Float>, items: [UnsafePointer<Float>],
    to logits: UnsafeMutableBufferPointer<Float>, tasks: Int
  ) {
    let (count, width) = (items.count, query + item)
    let stride = max(product, width, layers.lazy.map(\.width).max() ?? 0)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * count * stride) { memory in
      guard let start = memory.baseAddress else { return }
      let (origin, x) = (start, start + count * stride)
      var (y, z) = (x + count * stride, x + 2 * count * stride)
      func apply(_ layer: DenseLayer, to rows: UnsafePointer<Float>) {
        layer.write(rows, stride: stride, count: count, to: z, stride: stride)
        swap(&y, &z)
      }
      items.withUnsafeBufferPointer {
        ScatteredRows($0).writeSums(
          with: ofQuery, width: product, isRectified: false, to: y, stride: stride)
      }
      if let first { apply(first, to: y) }
      for (row, ofItem) in items.enumerated() {
        let own = origin + row * stride
        own.update(from: ofQuery + product, count: query)
        (own + query).update(from: ofItem + product, count: item)
        for place in row * stride..<row * stride + width { x[place] = origin[place] * y[place] }
      }
      for cross in others {
        if let inner = cross.inner {
          apply(inner, to: x)
          apply(cross.outer, to: y)
        } else {
          apply(cross.outer, to: x)
        }
        for row in 0..<count {
          for place in row * stride..<row * stride + width { x[place] += origin[place] * y[place] }
        }
      }
      apply(heads, to: x)
      for row in 0..<count {
        for task in 0..<tasks { logits[row * tasks + task] += y[row * stride + task] }
      }
    }
  }
}
