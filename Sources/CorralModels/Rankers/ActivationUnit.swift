import Torch

/// The weight of each item of a history for a candidate (Zhou and others, 2018, section 4.3):
/// `a(t, s) = MLP([t; s; t * s; t - s]) / sqrt(dimension)`.
///
/// There is no softmax, so that the sum of the weights says how strong an interest is.
///
/// The first layer is split: the part of s is computed once for each query, the part of t once for
/// each different item, and only that of `t * s` for each pair; `t - s` needs no product of its
/// own. Between the layers are sigmoids, as in the authors' code. Parameters: `N.weight`, `N.bias`.
struct ActivationUnit {
  private let layers: [Linear]
  private let dimension: Int

  init(_ dimension: Int, widths: [Int], in scope: Parameters.Scope) throws {
    layers = try MLP([4 * dimension] + widths + [1], in: scope).layers
    self.dimension = dimension
  }

  /// The weight of each item of a history for each candidate.
  ///
  /// - Parameters:
  ///   - history: the embeddings of the items of each history, `[batch, length, dimension]`.
  ///   - items: those of the different candidates, `[items, dimension]`.
  ///   - candidates: those of every candidate, `[batch, candidates, dimension]`.
  ///   - rows: which item each candidate is.
  /// - Returns: the weights, `[batch, candidates, length]`.
  func callAsFunction(
    history: Tensor, items: Tensor, candidates: Tensor, _ rows: CandidateRows
  ) -> Tensor {
    let weight = layers[0].weight
    func part(_ number: Int) -> Tensor {
      weight.narrow(1, number * dimension..<(number + 1) * dimension)
    }
    let difference = part(3)
    let weights = Tensor.pairLayers(
      history: history, candidates: candidates,
      ofHistory: history.linear(part(1) - difference),
      ofCandidates: rows.spread(items.linear(part(0) + difference, layers[0].bias)),
      weight: part(2), layers: Array(layers.dropFirst()))
    return weights.squeeze(3) * (1 / Float(dimension).squareRoot())
  }
}
