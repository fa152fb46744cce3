/// Gated recurrent layers over sequences that lie one after the other (Cho and others, 2014).
///
/// `r = sigmoid(W_r x + U_r h)`, `z = sigmoid(W_z x + U_z h)`, `n = tanh(W_n x + r * (U_n h))`, biases
/// added to each product, and `h' = (1 - z) * n + z * h` from `h = 0`.
package struct GRU {
  /// The number of elements of a state.
  package let hidden: Int
  /// For each layer `W` `[3 hidden, inputs]`, `U` `[3 hidden, hidden]`, and their biases `[3 hidden]`.
  private let weights: [Tensor]

  /// Layers claimed as `0.input.weight`, `0.state.weight`, `0.input.bias`, `0.state.bias`,
  /// `1.input.weight`...
  ///
  /// - Throws: `TorchError` when the stored parameters do not fit.
  package init(_ inputs: Int, hidden: Int, layers: Int = 1, in scope: Parameters.Scope) throws {
    self.hidden = hidden
    let bound = Initializer.uniform(bound: 1 / Float(hidden).squareRoot())
    weights = try (0..<layers).flatMap { layer in
      let width = layer == 0 ? inputs : hidden
      let scope = scope / layer
      return try [
        (scope / "input").parameter("weight", shape: [3 * hidden, width], initializer: bound),
        (scope / "state").parameter("weight", shape: [3 * hidden, hidden], initializer: bound),
        (scope / "input").parameter("bias", shape: [3 * hidden], initializer: bound),
        (scope / "state").parameter("bias", shape: [3 * hidden], initializer: bound),
      ]
    }
  }

  /// The state of the last layer after each position: `[positions, inputs]` to
  /// `[positions, hidden]`.
  ///
  /// Sequence `i` holds the positions `offsets[i]..<offsets[i + 1]`.
  package func callAsFunction(_ x: Tensor, offsets: [Int]) -> Tensor {
    x.gru(weights, offsets: offsets)
  }
}
