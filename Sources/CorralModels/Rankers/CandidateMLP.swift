import Torch

/// Layers over what is known of a query, of an item and of both, joined end to end:
/// `[batch, candidates, tasks]`.
///
/// The first layer is taken apart, `W [q; i; p] = Wq q + Wi i + Wp p`, so that its products are as
/// many as there are queries, different items and, for the last part alone, candidates. After every
/// layer but the last comes ReLU or Dice, then dropout. Parameters: `0.weight`, `0.bias`,
/// `1.weight`..., and `0.dice.alpha`... with Dice.
struct CandidateMLP {
  private let layers: [Linear]
  private let dices: [Dice]
  private let query: Int
  private let item: Int
  private let dropout: Float

  /// What comes after a layer.
  enum Nonlinearity { case relu, dice }

  /// Layers over parts of these widths; a part that is not there has width 0.
  init(
    query: Int, item: Int, pair: Int = 0, hidden: [Int], tasks: Int,
    _ nonlinearity: Nonlinearity = .relu, dropout: Float, in scope: Parameters.Scope
  ) throws {
    layers = try MLP([query + item + pair] + hidden + [tasks], in: scope).layers
    dices =
      nonlinearity == .relu
      ? [] : try hidden.enumerated().map { try Dice($1, in: scope / $0 / "dice") }
    self.query = query
    self.item = item
    self.dropout = dropout
  }

  /// What the last layer gives.
  ///
  /// - Parameters:
  ///   - query: what is known of each query, `[batch, query]`; `nil` where it is nothing.
  ///   - item: what is known of each different item, `[items, item]`.
  ///   - pair: what takes both to know, `[batch, candidates, pair]`.
  ///   - rows: where the items stand.
  ///   - phase: what the output is for.
  /// - Returns: `[batch, candidates, tasks]`.
  func callAsFunction(
    query: Tensor?, item: Tensor, pair: Tensor? = nil, _ rows: CandidateRows, _ phase: Phase
  ) -> Tensor {
    var x = first(query, item, pair, rows)
    for (position, layer) in layers.dropFirst().enumerated() {
      let activated = dices.isEmpty ? x.relu() : dices[position](x, phase)
      x = layer(activated.dropout(dropout, phase, 100 + UInt64(position)))
    }
    return x
  }

  private func first(_ q: Tensor?, _ i: Tensor, _ p: Tensor?, _ rows: CandidateRows) -> Tensor {
    let (weight, bias) = (layers[0].weight, layers[0].bias)
    let ofItem = weight.narrow(1, query..<query + item)
    var x = rows.spread(i.linear(ofItem, q == nil ? bias : nil))
    if let q { x = x + q.linear(weight.narrow(1, 0..<query), bias).unsqueeze(1) }
    if let p { x = x + p.linear(weight.narrow(1, query + item..<weight.size(1))) }
    return x
  }
}
