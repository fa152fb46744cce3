import CorralSampling
package import Torch

/// `-log softmax(f / temperature)[positive]` over all columns, each counted once.
///
/// For logits whose columns are the whole catalogue. Counts, masks and corrections do not apply.
package struct FullSoftmax: Loss {
  /// The divisor of scores.
  package var temperature: Float

  /// The loss at a temperature.
  package init(temperature: Float = 1) { self.temperature = temperature }

  /// The loss of each row, `[batch]`.
  package func callAsFunction(_ logits: Logits) -> Tensor {
    (logits.values * (1 / temperature)).crossEntropy(logits.target, reduction: .none)
  }

  /// The mean of the rows.
  ///
  /// Inner products are never held as `[batch, columns]`.
  package func mean(_ logits: Logits, weights: Tensor?) -> Tensor {
    logits.fused(temperature, columns: nil, rows: nil, weights: weights)?.total
      ?? self(logits).mean(weights: weights)
  }
}

/// `-log softmax` of the positive among its sampled or in-batch negatives, corrected for sampling.
///
/// Scores are divided by the temperature first; then the correction is subtracted (Yi and others,
/// 2019, equation 3). Let f be the positive's score and N the log sum exp of the negatives' scores,
/// minus log Q if there is a correction. By the form of the correction, the loss of a row is:
/// - none: `log(1 + exp(N - f))`;
/// - `yi`: the same with `f - log Q(p)` for f;
/// - `expected-count`: `log(1 + exp(N - rows - f))`, which subtracts `log(n Q')` from negatives;
/// - `positive-uncorrected`: `(1 - P) (N - rows + log n - f)` with the constant
///   `1 - P = sigmoid(N - rows - f)`: the positive is not in the denominator (Khrylchenko and others,
///   2025). It may be negative.
package struct SampledSoftmax: Loss {
  /// The divisor of scores.
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

  /// The mean of the rows.
  ///
  /// Inner products are never held as `[batch, columns]`. Every form has the gradient of `log(1 +
  /// exp(margin))`, with its own shifts.
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
