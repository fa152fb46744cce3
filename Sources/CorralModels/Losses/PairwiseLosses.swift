public import Torch

/// Bayesian personalised ranking (Rendle and others, 2009): the positive above each negative.
///
/// The mean over a row's negatives of `-log sigmoid((f_p - f_n) / temperature)`. Corrections do not
/// apply.
public struct BayesianPersonalisedRanking: Loss {
  /// What scores are divided by.
  public var temperature: Float

  /// The loss at a temperature.
  public init(temperature: Float = 1) { self.temperature = temperature }

  /// The loss of each row, `[batch]`.
  public func callAsFunction(_ logits: Logits) -> Tensor {
    let margins = logits.negatives(temperature) - logits.positives(temperature).unsqueeze(1)
    return logits.meanOverNegatives(margins.softplus())
  }
}

/// Binary cross-entropy: the positive is 1, each negative 0.
///
/// `-log sigmoid(f_p / temperature)` and the mean over a row's negatives of
/// `-log sigmoid(-f_n / temperature)`. Corrections do not apply.
public struct BinaryCrossEntropy: Loss {
  /// What scores are divided by.
  public var temperature: Float

  /// The loss at a temperature.
  public init(temperature: Float = 1) { self.temperature = temperature }

  /// The loss of each row, `[batch]`.
  public func callAsFunction(_ logits: Logits) -> Tensor {
    (-logits.positives(temperature)).softplus()
      + logits.meanOverNegatives(logits.negatives(temperature).softplus())
  }
}

extension Logits {
  /// The mean of a quantity `[batch, columns]` over the negatives of each row; 0 without any.
  func meanOverNegatives(_ quantity: Tensor) -> Tensor {
    let counts = (logCounts ?? Tensor.zeros([values.size(1)], device: values.device)).exp()
    var weights = counts.expand(values.shape).scatter(1, target.unsqueeze(1), 0)
    if let isMasked { weights = weights.maskedFill(isMasked, 0) }
    return (quantity * weights).sum(1) / weights.sum(1).clamped(to: 1...(.infinity))
  }
}
