package import Torch

/// Quantities of columns and rows that losses share.
extension Logits {
  /// A quantity of columns, `[columns]` or `[batch, columns]`, at each row's positive, `[batch]`.
  func ofTargets(_ columns: Tensor) -> Tensor {
    columns.rank == 1
      ? columns.indexSelect(0, target) : columns.gather(1, target.unsqueeze(1)).squeeze(1)
  }

  /// The number of negatives that each column stands for in each row, `[batch, columns]`.
  func negativeWeights() -> Tensor {
    let counts = (logCounts ?? Tensor.zeros([values.size(1)], device: values.device)).exp()
    let weights = counts.expand(values.shape).scatter(1, target.unsqueeze(1), 0)
    return isMasked.map { weights.maskedFill($0, 0) } ?? weights
  }

  /// The mean of a quantity `[batch, columns]` over the negatives of each row; 0 without negatives.
  func meanOverNegatives(_ quantity: Tensor) -> Tensor {
    let weights = negativeWeights()
    return (quantity * weights).sum(1) / weights.sum(1).clamped(to: 1...(.infinity))
  }

  /// The score of each row's `count`-th best negative, `[batch, 1]`, a constant; that of the worst
  /// one if there are fewer columns.
  func cut(below count: Int) -> Tensor {
    let best = negatives(1).detach().topK(min(max(count, 1), values.size(1)), 1).values
    return best.narrow(1, best.size(1) - 1..<best.size(1))
  }

  /// The columns with all negatives masked but the `count` that another model scores best in each
  /// row.
  package func passing(_ count: Int, by other: Logits) -> Logits {
    let isBelow = other.negatives(1).detach() .< other.cut(below: count)
    // The positive passes whatever its score.
    let lost = isBelow.scatter(1, target.unsqueeze(1), 0)
    var passing = self
    passing.isMasked = isMasked.map { $0 .| lost } ?? lost
    return passing
  }

  /// Some of the rows; each row has columns of its own.
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
