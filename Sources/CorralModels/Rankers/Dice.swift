import Torch

/// Dice, the activation that follows its input's distribution (Zhou and others, 2018, section 5.3):
/// `f(x) = p(x) x + (1 - p(x)) alpha x` with `p(x) = sigmoid((x - mean) / sqrt(variance + 1e-8))`,
/// element by element of the last dimension.
///
/// Training takes mean and variance from the batch and moves the running ones a tenth of the way
/// towards them; scores use the running ones, so that no candidate changes another's score.
/// Parameters: `alpha`, 0 at first, and the two averages, `mean` and `variance`, which have no
/// gradient but are saved with the others.
struct Dice {
  private let alpha: Tensor
  private let mean: Tensor
  private let variance: Tensor

  init(_ width: Int, in scope: Parameters.Scope) throws {
    alpha = try scope.parameter("alpha", shape: [width])
    mean = try scope.parameter("mean", shape: [width])
    variance = try scope.parameter("variance", shape: [width], initializer: .ones)
  }

  /// The activation of `[..., width]`.
  func callAsFunction(_ x: Tensor, _ phase: Phase) -> Tensor {
    switch phase {
    case .training: x.dice(alpha, mean: mean, variance: variance, updating: true)
    case .inference: x.dice(alpha, mean: mean, variance: variance, updating: false)
    }
  }
}
