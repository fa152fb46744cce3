public import Torch

/// What training minimises, as a function of logits.
///
/// Losses are rows, not yet summed: the caller weights them by the rewards r_i and takes the mean.
public protocol Loss: Sendable {
  /// The loss of each row, `[batch]`.
  func callAsFunction(_ logits: Logits) -> Tensor
}

extension Loss {
  /// The loss of a batch, `(1 / batch) sum_i r_i loss_i` (Yi and others, 2019, equation 3).
  public func mean(_ logits: Logits, weights: Tensor? = nil) -> Tensor {
    let rows = self(logits)
    return (weights.map { rows * $0 } ?? rows).mean()
  }
}

extension Loss where Self == FullSoftmax {
  /// Cross-entropy over the whole catalogue.
  public static func fullSoftmax(temperature: Float = 1) -> FullSoftmax {
    FullSoftmax(temperature: temperature)
  }
}

extension Loss where Self == SampledSoftmax {
  /// Cross-entropy over the positive and its negatives, corrected as the logits say.
  public static func sampledSoftmax(temperature: Float = 1) -> SampledSoftmax {
    SampledSoftmax(temperature: temperature)
  }
}

extension Loss where Self == BayesianPersonalisedRanking {
  /// The positive above each negative.
  public static func bpr(temperature: Float = 1) -> BayesianPersonalisedRanking {
    BayesianPersonalisedRanking(temperature: temperature)
  }
}

extension Loss where Self == BinaryCrossEntropy {
  /// The positive is 1, each negative 0.
  public static func bce(temperature: Float = 1) -> BinaryCrossEntropy {
    BinaryCrossEntropy(temperature: temperature)
  }
}
