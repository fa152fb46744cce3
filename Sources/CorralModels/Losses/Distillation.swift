package import Torch

/// The loss by which a retriever learns from a ranker: the divergence of its distribution over a
/// row's draws from the ranker's (Huang and others, 2023).
///
/// Let `R~` and `M~` be the scores of ranker and retriever, minus log Q if there is a correction.
/// The loss is `KL(softmax(R~) || softmax(M~))` over all columns except the positive's. Draws are a
/// multiset: a repeated draw, and one that is the positive, counts as often as it was drawn. No
/// gradient reaches the ranker. With n draws the value is too low by about `1 / n` of what all
/// items would give.
package struct Distillation: Sendable {
  /// The divergence; it has no settings.
  package init() {}

  /// The divergence of each row, `[batch]`.
  ///
  /// - Parameters:
  ///   - student: the retriever's scores of some columns.
  ///   - teacher: the ranker's scores of the same columns, with the same correction.
  /// - Returns: one divergence for each row, 0 or more.
  package func callAsFunction(_ student: Logits, toward teacher: Logits) -> Tensor {
    let learned = student.logProbabilitiesOfDraws()
    let taught = teacher.logProbabilitiesOfDraws().detach()
    return (taught.exp() * (taught - learned)).sum(1)
  }

  /// The mean of the rows, each times its weight.
  package func mean(
    _ student: Logits, toward teacher: Logits, weights: Tensor? = nil
  ) -> Tensor {
    self(student, toward: teacher).mean(weights: weights)
  }
}

extension Logits {
  /// The logarithms of the probabilities of each row's draws, `[batch, columns]`; that of the
  /// positive, which is no draw, is far below all others.
  fileprivate func logProbabilitiesOfDraws() -> Tensor {
    var scores = values
    if let logCounts { scores = scores + logCounts }
    if let correction { scores = scores - correction.columns }
    return scores.scatter(1, target.unsqueeze(1), Self.excluded).logSoftmax(1)
  }
}
