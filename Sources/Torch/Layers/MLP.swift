/// Linear layers with an activation between them.
package struct MLP {
  /// The layers, first to last.
  package let layers: [Linear]
  /// The activation after every layer but the last.
  package let activation: Activation
  /// The activation after the last layer.
  package let last: Activation

  /// Layers from `sizes[0]` numbers to `sizes.last`, claimed as `0.weight`, `0.bias`, `1.weight`...
  ///
  /// - Throws: `TorchError` when the stored parameters do not fit.
  package init(
    _ sizes: [Int], activation: Activation = .relu, last: Activation = .identity,
    initializer: Initializer = .xavierUniform, in scope: Parameters.Scope
  ) throws {
    layers = try zip(sizes, sizes.dropFirst()).enumerated().map { position, size in
      try Linear(size.0, size.1, initializer: initializer, in: scope / position)
    }
    self.activation = activation
    self.last = last
  }

  /// The output `[..., sizes.last]` of an input `[..., sizes[0]]`.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    layers.enumerated().reduce(x) { x, next in
      let (position, layer) = next
      if position == layers.count - 1 { return last(layer(x)) }
      return activation(layer(x))
    }
  }
}
