/// `x W^T + b`: `[..., in]` to `[..., out]`.
public struct Linear {
  /// `[out, in]`.
  public let weight: Tensor
  /// `[out]`; `nil` for a layer without bias.
  public let bias: Tensor?

  /// A layer from `inputs` to `outputs` numbers, claimed as `weight` and `bias`.
  ///
  /// - Throws: `TorchError` when the stored parameters do not fit.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, initializer: Initializer = .xavierUniform,
    in scope: Parameters.Scope
  ) throws {
    weight = try scope.parameter("weight", shape: [outputs, inputs], initializer: initializer)
    self.bias = bias ? try scope.parameter("bias", shape: [outputs]) : nil
  }

  /// The layer's output.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias) }
}
