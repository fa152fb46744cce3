/// The distribution that a parameter's first values are drawn from.
package enum Initializer: Sendable, Hashable {
  /// Zeros.
  case zeros
  /// Ones.
  case ones
  /// A normal distribution, around 0 unless it is said.
  case normal(mean: Float = 0, deviation: Float)
  /// A uniform distribution over `-bound..<bound`.
  case uniform(bound: Float)
  /// A normal distribution with variance `2 / (in + out)` (Glorot and Bengio, 2010).
  case xavierNormal
  /// A uniform distribution with variance `2 / (in + out)` (Glorot and Bengio, 2010).
  case xavierUniform

  /// A tensor of the shape; a weight is `[out, in]`.
  func tensor(_ shape: [Int], seed: UInt64) -> Tensor {
    switch self {
    case .zeros: .zeros(shape)
    case .ones: .ones(shape)
    case .normal(0, let deviation): .normal(shape, deviation: Double(deviation), seed: seed)
    case .normal(let mean, let deviation):
      .normal(shape, deviation: Double(deviation), seed: seed) + mean
    case .uniform(let bound): .uniform(shape, in: -Double(bound)..<Double(bound), seed: seed)
    case .xavierNormal:
      .normal(shape, deviation: (2 / fans(shape)).squareRoot(), seed: seed)
    case .xavierUniform:
      .uniform(
        shape, in: -(6 / fans(shape)).squareRoot()..<(6 / fans(shape)).squareRoot(), seed: seed)
    }
  }

  /// `in + out` of a weight `[out, in]`.
  private func fans(_ shape: [Int]) -> Double {
    if shape.count != 2 { fatalError("\(self): a weight of shape \(shape) is not a matrix") }
    return Double(shape[0] + shape[1])
  }
}
