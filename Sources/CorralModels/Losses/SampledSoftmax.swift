import CorralSampling
package import Torch

/// `-log softmax` of the positive among its sampled or in-batch negatives, corrected for sampling.
///
/// Scores are divided by the temperature first; what the correction says is subtracted after that
/// (Yi and others, 2019, equation 3). With f the positive's score and N = log sum exp of the
/// negatives' scores, log Q subtracted where there is a correction:
/// - none: `log(1 + exp(N - f))`;
/// - `yi`: the same with `f - log Q(p)` for f;
/// - `expected-count`: `log(1 + exp(N - rows - f))`, so that negatives have `log(n Q')` subtracted;
/// - `positive-uncorrected`: `(1 - P) (N - rows + log n - f)`, `1 - P = sigmoid(N - rows - f)` a
///   constant: the positive is not in the denominator (Khrylchenko and others, 2025). May be
///   negative.
package struct SampledSoftmax: Loss {
  /// What scores are divided by.
  package var temperature: Float

  /// The loss at a temperature.
  package init(temperature: Float = 1) { self.temperature = temperature }

  /// The loss of each row, `[batch]`.
  package func callAsFunction(_ logits: Logits) -> Tensor {
    let positives = logits.positives(temperature)
    guard let correction = logits.correction else {
      let negatives = logits.negatives(temperature, shifted: logits.logCounts)
      return (negatives.logSumExp(1) - positives).softplus()
    }
    let shift = logits.logCounts.map { $0 - correction.columns } ?? -correction.columns
    let mass = logits.negatives(temperature, shifted: shift).logSumExp(1)
    switch correction.form {
    case .yi:
      return (mass - (positives - logits.ofTargets(correction.columns))).softplus()
    case .expectedCount:
      return (mass - correction.rows - positives).softplus()
    case .positiveUncorrected:
      let margin = mass - correction.rows - positives
      return margin.detach().sigmoid() * (margin + correction.logCounts)
    }
  }

  /// The mean of the rows; of inner products, without ever holding `[batch, columns]`.
  ///
  /// Every form has the gradient of `log(1 + exp(margin))`, with shifts of its own.
  package func mean(_ logits: Logits, weights: Tensor?) -> Tensor {
    let correction = logits.correction
    let columns = correction.map { correction in
      logits.logCounts.map { $0 - correction.columns } ?? -correction.columns
    }
    let rows: Tensor? =
      switch correction?.form {
      case nil: nil
      case .yi: correction.map { -logits.ofTargets($0.columns) }
      case .expectedCount, .positiveUncorrected: correction?.rows
      }
    guard
      let loss = logits.fused(
        temperature, columns: columns ?? logits.logCounts, rows: rows, weights: weights)
    else { return self(logits).mean(weights: weights) }
    guard let correction, correction.form == .positiveUncorrected else { return loss.total }
    // The same gradient, another value: 1 - P = 1 - exp(-loss), margin = loss + log(1 - P).
    let missed = (1 - (-loss.rows).exp()).clamped(to: 1e-12...1)
    let values = missed * (loss.rows + missed.log() + correction.logCounts)
    return loss.total - loss.total.detach() + values.mean(weights: weights)
  }
}

extension Logits {
  /// A quantity of columns, `[columns]` or `[batch, columns]`, at each row's positive, `[batch]`.
  func ofTargets(_ columns: Tensor) -> Tensor {
    columns.rank == 1
      ? columns.indexSelect(0, target) : columns.gather(1, target.unsqueeze(1)).squeeze(1)
  }
}
