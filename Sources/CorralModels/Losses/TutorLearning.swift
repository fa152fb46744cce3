package import Torch

/// The loss by which an earlier stage learns from a later one: the tutor-learning of RankFlow (Qin
/// and others, 2022).
///
/// Over a row's columns that are not masked, including the positive; s are the earlier stage's
/// scores, and t the later one's, constants: `share * -log sigmoid(mean of s over the kept best by
/// t - mean of s over the others) + (1 - share) * mean of (sigmoid(s) - sigmoid(t))^2`. Corrections
/// do not apply.
package struct TutorLearning: Sendable {
  /// The number of columns that the later stage keeps.
  package var kept: Int
  /// The weight of the order against the values, from 0 to 1.
  package var share: Float

  /// The loss with a number of columns that the later stage keeps.
  package init(kept: Int, share: Float = 0.5) {
    self.kept = kept
    self.share = share
  }

  /// The loss of each row, `[batch]`.
  package func callAsFunction(_ student: Logits, toward teacher: Logits) -> Tensor {
    let (taught, learned) = (teacher.values.detach(), student.values)
    let isThere =
      teacher.isMasked.map { .!$0 }
      ?? Tensor.full(taught.shape, 1, type: .bool, device: taught.device)
    let ranked = taught.maskedFill(.!isThere, Logits.excluded)
    let best = ranked.topK(min(max(kept, 1), ranked.size(1)), 1).values
    let cut = best.narrow(1, best.size(1) - 1..<best.size(1))
    let isKept = isThere .& (cut .<= ranked)
    let order = learned.mean(over: isKept) - learned.mean(over: isThere .& .!isKept)
    let gap = learned.sigmoid() - taught.sigmoid()
    return (-order).softplus() * share + (gap * gap).mean(over: isThere) * (1 - share)
  }

  /// The mean of the rows, each times its weight.
  package func mean(
    _ student: Logits, toward teacher: Logits, weights: Tensor? = nil
  ) -> Tensor {
    self(student, toward: teacher).mean(weights: weights)
  }
}

extension Tensor {
  /// The mean of each row's elements that a mask marks, `[rows]`; 0 if it marks none.
  fileprivate func mean(over mask: Tensor) -> Tensor {
    maskedFill(.!mask, 0).sum(1) / mask.to(.float32).sum(1).clamped(to: 1...(.infinity))
  }
}
