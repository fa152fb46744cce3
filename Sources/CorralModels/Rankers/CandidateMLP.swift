import CorralVectors
import Torch

/// Layers over the fields of a query, of an item and of the pair, joined end to end:
/// `[batch, candidates, tasks]`.
///
/// The first layer is split, `W [q; i; p] = Wq q + Wi i + Wp p`: the first part is computed once
/// for each query, the second once for each different item, and only the last once for each
/// candidate. After every layer but the last comes ReLU or Dice, then dropout. Parameters:
/// `0.weight`, `0.bias`, `1.weight`..., and `0.dice.alpha`... with Dice.
struct CandidateMLP {
  private let layers: [Linear]
  private let dices: [Dice]
  private let query: Int
  private let item: Int
  private let dropout: Float

  /// The function after a layer.
  enum Nonlinearity { case relu, dice }

  /// Layers over parts of these widths; a missing part has width 0.
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

  /// The output of the last layer.
  ///
  /// - Parameters:
  ///   - query: the fields of each query, `[batch, query]`; `nil` if it has none.
  ///   - item: the fields of each different item, `[items, item]`.
  ///   - pair: the fields of each pair, `[batch, candidates, pair]`.
  ///   - rows: which item each candidate is.
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
    if let q { x = x + firstOfQuery(q).unsqueeze(1) }
    if let p { x = x + p.linear(weight.narrow(1, query + item..<weight.size(1))) }
    return x
  }
}

extension CandidateMLP {
  /// The query's share of the first layer, its bias included, `[batch, width]`.
  func firstOfQuery(_ query: Tensor) -> Tensor {
    query.linear(layers[0].weight.narrow(1, 0..<self.query), layers[0].bias)
  }

  /// The item's share of the first layer, `[items, width]`.
  func firstOfItem(_ item: Tensor) -> Tensor {
    item.linear(layers[0].weight.narrow(1, query..<query + self.item))
  }

  /// What makes logits of the halves of queries and items, by ReLU layers without a part of pairs.
  func joint(_ crossing: some Crossing) -> HalfJoint {
    HalfJoint(
      first: layers[0].weight.size(0),
      layers: layers.indices.dropFirst().map {
        DenseLayer(layers[$0], isRectified: $0 < layers.count - 1)
      },
      crossing: crossing, tasks: layers[layers.count - 1].weight.size(0))
  }
}

extension DenseLayer {
  /// The layer of some trained parameters as they are now.
  init(_ layer: Linear, isRectified: Bool = false) {
    self.init(
      layer.weight.matrix(), bias: layer.bias.map { $0.floats() }, isRectified: isRectified)
  }
}

/// Dice, an activation that adapts to the distribution of its input (Zhou and others, 2018, section
/// 5.3): `f(x) = p(x) x + (1 - p(x)) alpha x` with
/// `p(x) = sigmoid((x - mean) / sqrt(variance + 1e-8))`, element by element of the last dimension.
///
/// Training takes mean and variance from the batch, and moves the running averages a tenth of the
/// way towards them. Scores use the running averages, so that no candidate changes another's score.
/// Parameters: `alpha`, 0 at first, and the averages `mean` and `variance`, which have no gradient
/// but are saved with the others.
struct Dice {
  private let alpha: Tensor
  private let mean: Tensor
  private let variance: Tensor

  init(_ width: Int, in scope: Parameters.Scope) throws {
    alpha = try scope.parameter("alpha", shape: [width])
    mean = try scope.parameter("mean", shape: [width])
    variance = try scope.parameter("variance", shape: [width], initializer: .ones)
  }

  /// The activation of `[..., width]`.
  func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
    switch phase {
    case .training: x.dice(alpha, mean: mean, variance: variance, updating: true)
    case .inference: x.dice(alpha, mean: mean, variance: variance, updating: false)
    }
  }
}
