package import Torch

/// Bayesian personalised ranking (Rendle and others, 2009): the positive should score above
/// negatives.
///
/// The mean over a row's negatives of `-log sigmoid((f_p - f_n) / temperature)`. Corrections do not
/// apply.
package struct BayesianPersonalisedRanking: Loss {
  /// The divisor of scores.
  package var temperature: Float

  /// The loss at a temperature.
  package init(temperature: Float = 1) { self.temperature = temperature }

  /// The loss of each row, `[batch]`.
  package func callAsFunction(_ logits: Logits) -> Tensor {
    let margins = logits.negatives(temperature) - logits.positives(temperature).unsqueeze(1)
    return logits.meanOverNegatives(margins.softplus())
  }

  /// The mean of the rows, in one pass for inner products with each row's own columns.
  package func mean(_ logits: Logits, weights: Tensor?) -> Tensor {
    logits.fused(.ranking, temperature, weights: weights) ?? self(logits).mean(weights: weights)
  }
}

/// Binary cross-entropy: the positive is 1, each negative 0.
///
/// `-log sigmoid(f_p / temperature)` and the mean over a row's negatives of
/// `-log sigmoid(-f_n / temperature)`. Corrections do not apply.
package struct BinaryCrossEntropy: Loss {
  /// The divisor of scores.
  package var temperature: Float

  /// The loss at a temperature.
  package init(temperature: Float = 1) { self.temperature = temperature }

  /// The loss of each row, `[batch]`.
  package func callAsFunction(_ logits: Logits) -> Tensor {
    (-logits.positives(temperature)).softplus()
      + logits.meanOverNegatives(logits.negatives(temperature).softplus())
  }

  /// The mean of the rows, in one pass for inner products with each row's own columns.
  package func mean(_ logits: Logits, weights: Tensor?) -> Tensor {
    logits.fused(.binary, temperature, weights: weights) ?? self(logits).mean(weights: weights)
  }
}

/// Binary cross-entropy that makes up for having few of the negatives (Petrov and Macdonald, 2023).
///
/// `-(log sigmoid^beta(f_p) + sum_n log(1 - sigmoid(f_n))) / (n + 1)` with
/// `beta = alpha (t (1 - 1 / alpha) + 1 / alpha)` and `alpha = n / (items - 1)`. Few negatives make
/// a model overconfident; a lower power of the positive undoes that, wholly for t = 1 and not at
/// all for t = 0. Corrections do not apply.
package struct GeneralisedBinaryCrossEntropy: Loss {
  /// The number of items of the catalogue.
  package var itemCount: Int
  /// t: how much of the overconfidence is undone.
  package var calibration: Float
  /// The divisor of scores.
  package var temperature: Float

  /// The loss for a catalogue.
  package init(itemCount: Int, calibration: Float = 0.75, temperature: Float = 1) {
    self.itemCount = itemCount
    self.calibration = calibration
    self.temperature = temperature
  }

  /// The loss of each row, `[batch]`.
  package func callAsFunction(_ logits: Logits) -> Tensor {
    let weights = logits.negativeWeights()
    let counts = weights.sum(1)
    let alpha = counts * (1 / Float(max(itemCount - 1, 1)))
    // alpha (t (1 - 1 / alpha) + 1 / alpha), without dividing by an alpha of 0.
    let beta = alpha * calibration + (1 - calibration)
    let positives = (-logits.positives(temperature)).softplus() * beta
    let negatives = (logits.negatives(temperature).softplus() * weights).sum(1)
    return (positives + negatives) / (counts + 1)
  }
}
