/// `(x - mean) / sqrt(variance + epsilon) * weight + bias` over the last dimension
/// (Ba, Kiros and Hinton, 2016).
package struct LayerNorm {
  /// `[dimension]`.
  package let weight: Tensor
  /// `[dimension]`.
  package let bias: Tensor
  /// A small number that keeps the result finite for a constant vector.
  package let epsilon: Float

  /// A layer over the last dimension, claimed as `weight` and `bias`.
  ///
  /// - Throws: `TorchError` when the stored parameters do not fit.
  package init(_ dimension: Int, epsilon: Float = 1e-5, in scope: Parameters.Scope) throws {
    weight = try scope.parameter("weight", shape: [dimension], initializer: .ones)
    bias = try scope.parameter("bias", shape: [dimension])
    self.epsilon = epsilon
  }

  /// The layer's output, of the shape of its input.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    x.layerNorm(weight, bias, epsilon: epsilon)
  }
}
