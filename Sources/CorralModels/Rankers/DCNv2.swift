package import CorralData
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
      let matrix = inner ?? outer.weight
      let width = query.size(1)
      let ofItem = item.linear(matrix.narrow(1, width..<matrix.size(1)))
      let ofQuery = query.linear(matrix.narrow(1, 0..<width), inner == nil ? outer.bias : nil)
      if inner == nil { return rows.spread(ofItem) + (ofQuery + 1).unsqueeze(1) }
      return outer(rows.spread(ofItem) + ofQuery.unsqueeze(1)) + 1
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
