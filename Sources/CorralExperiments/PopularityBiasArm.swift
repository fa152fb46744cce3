package import CorralSampling

/// One way to correct for popular items, which are in-batch negatives more often than others.
package enum PopularityBiasArm: String, CaseIterable, Codable {
  /// Nothing is corrected: logits learn log P(d|q) / P(d).
  case none
  /// log p is subtracted from every logit (Yi and others, 2019).
  case logQ = "logQ (yi)"
  /// log p is subtracted from the logits of negatives only (Khrylchenko and others, 2025).
  case positiveUncorrected = "logQ (positive uncorrected)"
  /// Nothing is corrected in training; log P(d) is added to the score when the model serves.
  case prior = "prior at serving"
  /// log p in training and the prior at serving: popularity counts twice.
  case both = "logQ (yi) + prior"

  /// The arm whose trained model this one serves: the prior at serving changes no weight.
  package var trainedAs: PopularityBiasArm {
    switch self {
    case .none, .prior: .none
    case .logQ, .both: .logQ
    case .positiveUncorrected: .positiveUncorrected
    }
  }

  /// The correction of this arm, with the source of probabilities and the estimator of `base`.
  package func correction(_ base: CorrectionSettings) -> CorrectionSettings {
    var correction = base
    let source = base.estimate == .none ? .static : base.estimate
    switch trainedAs {
    case .none, .prior: correction.estimate = .none
    case .logQ, .both:
      correction.estimate = source
      correction.form = .yi
    case .positiveUncorrected:
      correction.estimate = source
      correction.form = .positiveUncorrected
    }
    correction.serving = self == .prior || self == .both ? .prior : .plain
    return correction
  }
}
