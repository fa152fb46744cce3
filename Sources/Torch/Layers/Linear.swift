/// `x W^T + b`: `[..., in]` to `[..., out]`.
package struct Linear {
  /// `[out, in]`.
  package let weight: Tensor
  /// `[out]`; `nil` for a layer without bias.
  package let bias: Tensor?

  /// A layer from `inputs` to `outputs` numbers, claimed as `weight` and `bias`.
  ///
  /// - Throws: `TorchError` when the stored parameters do not fit.
  package init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, initializer: Initializer = .xavierUniform,
    in scope: Parameters.Scope
  ) throws {
    weight = try scope.parameter("weight", shape: [outputs, inputs], initializer: initializer)
    self.bias = bias ? try scope.parameter("bias", shape: [outputs]) : nil
  }

  /// The layer's output.
  package func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias) }
}
