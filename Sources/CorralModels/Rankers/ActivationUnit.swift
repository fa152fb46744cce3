import Torch

/// How much each item of a history counts for a candidate (Zhou and others, 2018, section 4.3):
/// `a(t, s) = MLP([t; s; t * s; t - s]) / sqrt(dimension)`, without a softmax, so that the sum of the
/// weights tells how strong an interest is.
///
/// The first layer is taken apart: `t - s` has no product of its own, what follows from a history's
/// item is computed once a query, what follows from a candidate's once an item, and `t * s` is never
/// made where the layer is far narrower than the candidates are many. The layers have sigmoids between
/// them, as in the authors' code. Parameters: `N.weight`, `N.bias`.
struct ActivationUnit {
  private let layers: [Linear]
  private let dimension: Int

  init(_ dimension: Int, widths: [Int], in scope: Parameters.Scope) throws {
    layers = try MLP([4 * dimension] + widths + [1], in: scope).layers
    self.dimension = dimension
  }

  /// How much each item of a history counts for each candidate.
  ///
  /// - Parameters:
  ///   - history: the embeddings of the items of each history, `[batch, length, dimension]`.
  ///   - items: those of the different candidates, `[items, dimension]`.
  ///   - candidates: the same where they stand, `[batch, candidates, dimension]`.
  ///   - rows: where they stand.
  /// - Returns: the weights, `[batch, candidates, length]`.
  func callAsFunction(
    history: Tensor, items: Tensor, candidates: Tensor, _ rows: CandidateRows
  ) -> Tensor {
    let weight = layers[0].weight
    func part(_ number: Int) -> Tensor {
      weight.narrow(1, number * dimension..<(number + 1) * dimension)
    }
    let difference = part(3)
    let ofItem = rows.spread(items.linear(part(0) + difference, layers[0].bias))
    let ofHistory = history.linear(part(1) - difference)
    let ofBoth = products(history, candidates, part(2))
    var x = ofBoth + ofHistory.unsqueeze(1) + ofItem.unsqueeze(2)
    for layer in layers.dropFirst() { x = layer(x.sigmoid()) }
    return x.squeeze(3) * (1 / Float(dimension).squareRoot())
  }

  /// `W (t * s)` for each candidate and item of its query's history, `[batch, candidates, length, width]`.
  ///
  /// The history is multiplied with the candidates, or with the rows of the weight where those are far
  /// fewer: the gradient of the first is a matrix product, that of the second a sum over all of it.
  private func products(_ history: Tensor, _ candidates: Tensor, _ weight: Tensor) -> Tensor {
    let (width, length, count) = (weight.size(0), history.size(1), candidates.size(1))
    guard 2 * width <= count else {
      return (candidates.unsqueeze(2) * history.unsqueeze(1)).linear(weight)
    }
    let weighted = (history.unsqueeze(2) * weight)
      .reshape([history.size(0), length * width, dimension])
    return candidates.matmul(weighted.transpose())
      .reshape([history.size(0), count, length, width])
  }
}
