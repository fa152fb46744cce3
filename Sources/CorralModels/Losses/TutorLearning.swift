package import Torch

/// What an earlier stage learns from a later one: the tutor-learning of RankFlow (Qin and others,
/// 2022).
///
/// Over a row's columns that are not masked, the positive among them, with s the earlier stage's
/// scores and t the later one's, constants:
/// `share * -log sigmoid(mean of s over the kept best by t - mean of s over the others)
/// + (1 - share) * mean of (sigmoid(s) - sigmoid(t))^2`. Corrections do not apply.
package struct TutorLearning: Sendable {
  /// How many columns the later stage keeps.
  package var kept: Int
  /// How much the order counts against the values, from 0 to 1.
  package var share: Float

  /// A lesson on the columns that the later stage keeps.
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

  /// The mean over the rows, each times its weight.
  package func mean(
    _ student: Logits, toward teacher: Logits, weights: Tensor? = nil
  ) -> Tensor {
    self(student, toward: teacher).mean(weights: weights)
  }
}

extension Tensor {
  /// The mean of each row's elements where a mask is true, `[rows]`; 0 where it is nowhere.
  fileprivate func mean(over mask: Tensor) -> Tensor {
    maskedFill(.!mask, 0).sum(1) / mask.to(.float32).sum(1).clamped(to: 1...(.infinity))
  }
}
