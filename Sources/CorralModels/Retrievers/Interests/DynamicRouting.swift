import Torch

/// Dynamic routing of behaviours to interest capsules (Sabour and others, 2017), as Li and others,
/// 2019, change it: one map S for all pairs, and random logits to start from.
///
/// Each round starts from logits `b`: `w_ki = softmax_k(b_ki)`, `z_k = sum_i w_ki S e_i`,
/// `u_k = |z_k| z_k / (1 + |z_k|^2)`, `b_ki += <u_k, S e_i>`. No gradient flows through the logits:
/// the weights of the last round are constants, as in the code of Cen and others, 2020. The first
/// logits are drawn once for each interest and age, and kept, so that the same history always has
/// the same interests. Parameters: `map.weight` `[dimension, dimension]` and `start`
/// `[interests, length]`, which no gradient changes.
struct DynamicRouting {
  private let map: Linear
  private let start: Tensor
  private let iterations: Int

  /// A routing of `length` behaviours to some interests.
  init(
    of length: Int, to interests: Int, dimension: Int, iterations: Int,
    in scope: Parameters.Scope
  ) throws {
    map = try Linear(dimension, dimension, bias: false, in: scope / "map")
    start = try scope.parameter(
      "start", shape: [interests, length], initializer: .normal(deviation: 1))
    self.iterations = iterations
  }

  /// The capsules `[batch, interests, dimension]` of behaviours `[batch, length, dimension]`;
  /// `isThere`, `[batch, 1, length]`, is true if a place holds a behaviour.
  func callAsFunction(_ behaviours: Tensor, isThere: Tensor) -> Tensor {
    let votes = map(behaviours)
    let isThere = isThere.to(.float32)
    let weights = withoutGradients {
      var logits = start.detach().unsqueeze(0)
      for _ in 1..<iterations {
        let capsules = Self.squashed((logits.softmax(1) * isThere).matmul(votes))
        logits = logits + capsules.matmul(transposed: votes)
      }
      return logits.softmax(1) * isThere
    }
    return Self.squashed(weights.matmul(votes))
  }

  /// Vectors made shorter than 1; the shorter a vector, the more it shrinks.
  private static func squashed(_ vectors: Tensor) -> Tensor {
    let length = vectors.norm(-1, keep: true)
    return vectors * (length / (length * length + 1))
  }
}
