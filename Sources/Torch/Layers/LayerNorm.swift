/// `(x - mean) / sqrt(variance + epsilon) * weight + bias` over the last dimension
/// (Ba, Kiros and Hinton, 2016).
public struct LayerNorm {
  /// `[dimension]`.
  public let weight: Tensor
  /// `[dimension]`.
  public let bias: Tensor
  /// A small number that keeps the result finite for a constant vector.
  public let epsilon: Float

  /// A layer over the last dimension, claimed as `weight` and `bias`.
  ///
  /// - Throws: `TorchError` when the stored parameters do not fit.
  public init(_ dimension: Int, epsilon: Float = 1e-5, in scope: Parameters.Scope) throws {
    weight = try scope.parameter("weight", shape: [dimension], initializer: .ones)
    bias = try scope.parameter("bias", shape: [dimension])
    self.epsilon = epsilon
  }

  /// The layer's output, of the shape of its input.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.layerNorm(weight, bias, epsilon: epsilon)
  }
}
