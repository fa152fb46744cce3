package import Torch

/// The loss of two stages as one soft cascade: ICC (Gallagher and others, 2019).
///
/// With `p = sigmoid(M)` and `r = sigmoid(R)` the stages' scores of a column, and t the `passed`-th
/// best p among a row's negatives, `g = sigmoid((p - t) / softness)` relaxes whether the first stage
/// lets the column pass; t is a constant. The score of the cascade is that of the stage in which a
/// column ends, `s = (1 - g) p + g r`, and its loss cross-entropy: `-log s` of the positive and the
/// mean over the negatives of `-log(1 - s)`. Corrections do not apply.
///
/// The released implementations that later papers compare with put the constants 0 and tanh(1) for t
/// and end every column before the last stage; here the cut follows the row, and the last stage keeps
/// what it is given.
package struct SoftCascade: Sendable {
  /// How many negatives the first stage lets pass.
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

  /// The mean over the rows, each times its weight.
  package func mean(first: Logits, second: Logits, weights: Tensor? = nil) -> Tensor {
    self(first: first, second: second).mean(weights: weights)
  }
}

extension Logits {
  /// The score of each row's `count`-th best negative, `[batch, 1]`, a constant; that of the worst
  /// where there are fewer columns.
  func cut(below count: Int) -> Tensor {
    let best = negatives(1).detach().topK(min(max(count, 1), values.size(1)), 1).values
    return best.narrow(1, best.size(1) - 1..<best.size(1))
  }

  /// The columns without the negatives that another model does not let pass: those that it scores
  /// below each row's `count` best.
  package func passing(_ count: Int, by other: Logits) -> Logits {
    let isBelow = other.negatives(1).detach() .< other.cut(below: count)
    // The positive passes whatever its score.
    let lost = isBelow.scatter(1, target.unsqueeze(1), 0)
    var passing = self
    passing.isMasked = isMasked.map { $0 .| lost } ?? lost
    return passing
  }
}
