import Torch

/// Dynamic routing of behaviours to interest capsules (Sabour and others, 2017), as Li and others,
/// 2019, change it: one map S for all pairs, and random logits to start from.
///
/// From logits `b`, each round: `w_ki = softmax_k(b_ki)`, `z_k = sum_i w_ki S e_i`,
/// `u_k = |z_k| z_k / (1 + |z_k|^2)`, `b_ki += <u_k, S e_i>`. The logits are no function that gradients
/// flow through: the last round's weights are numbers to them, as in the code of Cen and others, 2020.
/// What the logits start from is drawn once for each interest and age, and kept: the same history has
/// the same interests at any time. Parameters: `map.weight` `[dimension, dimension]` and `start`
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

  /// The capsules `[batch, interests, dimension]` of behaviours `[batch, length, dimension]`; the mask,
  /// `[batch, 1, length]`, is true where there is one.
  func callAsFunction(_ behaviours: Tensor, mask: Tensor) -> Tensor {
    let votes = map(behaviours)
    let mask = mask.to(.float32)
    let weights = withoutGradients {
      var logits = start.detach().unsqueeze(0)
      for _ in 1..<iterations {
        let capsules = Self.squashed((logits.softmax(1) * mask).matmul(votes))
        logits = logits + capsules.matmul(transposed: votes)
      }
      return logits.softmax(1) * mask
    }
    return Self.squashed(weights.matmul(votes))
  }

  /// Vectors made shorter than 1, the long ones little and the short ones much.
  private static func squashed(_ vectors: Tensor) -> Tensor {
    let length = vectors.norm(-1, keep: true)
    return vectors * (length / (length * length + 1))
  }
}
