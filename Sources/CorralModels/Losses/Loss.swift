package import Torch

/// A function of logits that training minimises.
///
/// A loss has one value for each row; the mean weighs them by the rewards r_i.
package protocol Loss: Sendable {
  /// The loss of each row, `[batch]`.
  func callAsFunction(_ logits: Logits) -> Tensor

  /// The loss of a batch, `(1 / batch) sum_i r_i loss_i` (Yi and others, 2019, equation 3).
  func mean(_ logits: Logits, weights: Tensor?) -> Tensor
}

extension Loss {
  /// The mean of the rows, each times its weight.
  package func mean(_ logits: Logits, weights: Tensor?) -> Tensor {
    self(logits).mean(weights: weights)
  }

  /// The mean of the rows.
  package func mean(_ logits: Logits) -> Tensor { mean(logits, weights: nil) }
}

extension Tensor {
  /// The mean of losses `[batch]`, each times its weight.
  func mean(weights: Tensor?) -> Tensor { (weights.map { self * $0 } ?? self).mean() }
}

extension Loss where Self == FullSoftmax {
  /// Cross-entropy over the whole catalogue.
  package static func fullSoftmax(temperature: Float = 1) -> FullSoftmax {
    FullSoftmax(temperature: temperature)
  }
}

extension Loss where Self == SampledSoftmax {
  /// Cross-entropy over the positive and its negatives, with the correction of the logits.
  package static func sampledSoftmax(temperature: Float = 1) -> SampledSoftmax {
    SampledSoftmax(temperature: temperature)
  }
}

extension Loss where Self == BayesianPersonalisedRanking {
  /// The positive should score above each negative.
  package static func bpr(temperature: Float = 1) -> BayesianPersonalisedRanking {
    BayesianPersonalisedRanking(temperature: temperature)
  }
}

extension Loss where Self == BinaryCrossEntropy {
  /// The positive is 1, each negative 0.
  package static func bce(temperature: Float = 1) -> BinaryCrossEntropy {
    BinaryCrossEntropy(temperature: temperature)
  }
}

extension Loss where Self == GeneralisedBinaryCrossEntropy {
  /// The positive is 1, each negative 0, with a correction for how few of the items are negatives.
  package static func gbce(
    itemCount: Int, calibration: Float = 0.75, temperature: Float = 1
  ) -> GeneralisedBinaryCrossEntropy {
    GeneralisedBinaryCrossEntropy(
      itemCount: itemCount, calibration: calibration, temperature: temperature)
  }
}
