package import Torch

/// What a retriever learns from a ranker: the divergence of its distribution over a row's draws from
/// the ranker's (Huang and others, 2023).
///
/// With `R~` and `M~` the scores of ranker and retriever, log Q subtracted where there is a correction,
/// `KL(softmax(R~) || softmax(M~))` over the columns but the positive's. Draws are a multiset: repeated
/// ones and those that hit the positive count as often as they were drawn. The teacher is a constant.
/// With n draws the value is below that over all items, the more so the fewer they are: about `1 / n`.
package struct Distillation: Sendable {
  /// The divergence, without settings: scores are compared as they are.
  package init() {}

  /// The divergence of each row, `[batch]`.
  ///
  /// - Parameters:
  ///   - student: the retriever's scores of some columns.
  ///   - teacher: the ranker's scores of the same columns, with the same correction.
  /// - Returns: one divergence a row, 0 or more.
  package func callAsFunction(_ student: Logits, toward teacher: Logits) -> Tensor {
    let learned = student.logProbabilitiesOfDraws()
    let taught = teacher.logProbabilitiesOfDraws().detach()
    return (taught.exp() * (taught - learned)).sum(1)
  }

  /// The mean over the rows, each times its weight.
  package func mean(
    _ student: Logits, toward teacher: Logits, weights: Tensor? = nil
  ) -> Tensor {
    self(student, toward: teacher).mean(weights: weights)
  }
}

extension Logits {
  /// The logarithms of the probabilities of each row's draws, `[batch, columns]`; far below every
  /// other for the positive, which is none.
  fileprivate func logProbabilitiesOfDraws() -> Tensor {
    var scores = values
    if let logCounts { scores = scores + logCounts }
    if let correction { scores = scores - correction.columns }
    return scores.scatter(1, target.unsqueeze(1), Self.excluded).logSoftmax(1)
  }

  /// Some rows, where columns are each row's own.
  package func rows(_ rows: Tensor) -> Logits {
    Logits(
      values: values.indexSelect(0, rows), target: target.indexSelect(0, rows),
      logCounts: logCounts, isMasked: isMasked?.indexSelect(0, rows),
      correction: correction.map { correction in
        Correction(
          form: correction.form,
          columns: correction.columns.rank == 1
            ? correction.columns : correction.columns.indexSelect(0, rows),
          rows: correction.rows.indexSelect(0, rows),
          logCounts: correction.logCounts.indexSelect(0, rows))
      })
  }

  /// The same columns with the scores that another model gives them, `[batch, columns]`.
  package func scored(_ values: Tensor) -> Logits {
    Logits(
      values: values, target: target, logCounts: logCounts, isMasked: isMasked,
      correction: correction)
  }
}
