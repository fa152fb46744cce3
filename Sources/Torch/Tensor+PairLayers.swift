import CTorch

extension Tensor {
  /// Layers over every candidate `t` of a query with every item `s` of its history, with sigmoids
  /// between them: `W (t * s) + h(s) + c(t)`, then the further ones.
  ///
  /// Value and gradient are computed some queries at a time, so that the products `t * s` of all pairs
  /// are never in memory. What the gradient needs of each layer is kept: O(pairs of its width).
  ///
  /// - Parameters:
  ///   - history: `[queries, length, d]`.
  ///   - candidates: `[queries, candidates, d]`.
  ///   - ofHistory: h, `[queries, length, width]`.
  ///   - ofCandidates: c, `[queries, candidates, width]`.
  ///   - weight: W, `[width, d]`.
  ///   - layers: the weight and bias of each further layer.
  ///   - pairsAtOnce: about how many pairs exist at any moment.
  /// - Returns: `[queries, candidates, length, out]`, out the width of the last layer.
  package static func pairLayers(
    history: Tensor, candidates: Tensor, ofHistory: Tensor, ofCandidates: Tensor, weight: Tensor,
    layers: [Linear], pairsAtOnce: Int = 2048
  ) -> Tensor {
    let weights =
      [weight]
      + layers.flatMap { layer in
        [layer.weight, layer.bias ?? zeros([layer.weight.size(0)], device: weight.device)]
      }
    let part = Swift.max(1, pairsAtOnce / Swift.max(1, history.size(1) * candidates.size(1)))
    return withExtendedLifetime(weights) {
      let handles = weights.map(\.handle)
      return made("pairLayers", history, candidates, weight) {
        ct_pair_layers(
          history.handle, candidates.handle, ofHistory.handle, ofCandidates.handle, handles,
          weights.count, part, $0)
      }
    }
  }
}
