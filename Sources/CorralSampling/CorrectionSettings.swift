/// How in-batch negatives are corrected for popular items being drawn more often.
public struct CorrectionSettings: Sendable, Codable, Equatable {
  /// Where the probability of drawing an item comes from.
  public enum Estimate: String, Sendable, Codable, CaseIterable {
    /// No correction while training: logits learn log P(d|q) / P(d).
    case none
    /// The frequencies in the training part, counted once.
    case `static`
    /// The streaming estimator, which follows the batches as they come.
    case streaming
  }

  /// Which logits have what subtracted.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// log p from every column, the positive's too (Yi and others, 2019, equation 3).
    case yi
    /// log of the expected count from the negatives only, as a sampled softmax does.
    case expectedCount = "expected-count"
    /// As `expectedCount`, and the positive leaves the denominator; each row's loss is scaled by
    /// one minus the estimated probability of its positive (Khrylchenko and others, 2025).
    case positiveUncorrected = "positive-uncorrected"
  }

  /// Whether the item prior joins the score when the model serves.
  public enum Serving: String, Sendable, Codable, CaseIterable {
    /// Scores are what training made them.
    case plain
    /// log P(d) is added through one extra coordinate of query and item vectors.
    case prior
  }

  /// Where the probability of drawing an item comes from.
  public var estimate = Estimate.static
  /// Which logits have what subtracted.
  public var form = Form.expectedCount
  /// Whether the item prior joins the score when the model serves.
  public var serving = Serving.plain
  /// The streaming estimator, where it is used.
  public var estimator = FrequencyEstimatorSettings()

  /// The defaults: training frequencies, expected-count form, plain serving.
  public init() {}
}
