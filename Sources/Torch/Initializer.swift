import CorralVectors

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

  /// The values of some rows of a table, each drawn from the seed and its own number alone; `nil` for
  /// zeros.
  ///
  /// Traps for a distribution that depends on the length of the table.
  func rows(_ numbers: Range<Int>, width: Int, seed: UInt64) -> [Float]? {
    let draw: (inout SeededGenerator) -> Double
    switch self {
    case .zeros: return nil
    case .ones: return [Float](repeating: 1, count: numbers.count * width)
    case .normal(let mean, let deviation):
      draw = { Double(mean) + Double(deviation) * $0.normal() }
    case .uniform(let bound): draw = { Double(bound) * (2 * $0.uniform() - 1) }
    case .xavierNormal, .xavierUniform:
      fatalError("\(self) depends on the length of a table, and so is none for a table that grows")
    }
    var values: [Float] = []
    values.reserveCapacity(numbers.count * width)
    for number in numbers {
      var generator = SeededGenerator(seed: seed, stream: UInt64(number))
      for _ in 0..<width { values.append(Float(draw(&generator))) }
    }
    return values
  }

  /// `in + out` of a weight `[out, in]`.
  private func fans(_ shape: [Int]) -> Double {
    if shape.count != 2 { fatalError("\(self): a weight of shape \(shape) is not a matrix") }
    return Double(shape[0] + shape[1])
  }
}
