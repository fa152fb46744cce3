package import Torch

/// The loss of two stages as one soft cascade: ICC (Gallagher and others, 2019).
///
/// Let `p = sigmoid(M)` and `r = sigmoid(R)` be the stages' scores of a column, and t, a constant,
/// the `passed`-th best p of a row's negatives. `g = sigmoid((p - t) / softness)` says how far the
/// first stage lets a column pass. The score of the cascade is that of the stage in which a column
/// ends, `s = (1 - g) p + g r`. The loss is cross-entropy: `-log s` of the positive, and the mean
/// of `-log(1 - s)` over the negatives. Corrections do not apply.
///
/// The released implementations that later papers compare with use the constants 0 and tanh(1) for
/// t, and end every column before the last stage. Here t follows the row, and the last stage keeps
/// every column that it is given.
package struct SoftCascade: Sendable {
  /// The number of negatives that the first stage lets pass.
  package var passed: Int
  /// The width of the relaxed cut, in probability.
  package var softness: Float

  /// A cascade that lets some negatives pass.
  package init(passed: Int, softness: Float = 0.1) {
    self.passed = passed
    self.softness = softness
  }

  /// The loss of each row, `[batch]`.
  package func callAsFunction(first: Logits, second: Logits) -> Tensor {
    let (p, r) = (first.values.sigmoid(), second.values.sigmoid())
    let cut = first.cut(below: passed).sigmoid()
    let passes = ((p - cut) * (1 / softness)).sigmoid()
    let score = (p + passes * (r - p)).clamped(to: 1e-6...(1 - 1e-6))
    let taken = score.gather(1, first.target.unsqueeze(1)).squeeze(1)
    return -taken.log() + first.meanOverNegatives(-(-score + 1).log())
  }

  /// The mean of the rows, each times its weight.
  package func mean(first: Logits, second: Logits, weights: Tensor? = nil) -> Tensor {
    self(first: first, second: second).mean(weights: weights)
  }
}
