import CorralData

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

  /// How logits are corrected.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// log p is subtracted from every column, the positive's too (Yi and others, 2019, equation 3).
    case yi
    /// The log of the expected count is subtracted from the negatives only, as in a sampled softmax.
    case expectedCount = "expected-count"
    /// As `expectedCount`, but without the positive in the denominator; each row's loss is scaled by one
    /// minus the estimated probability of its positive (Khrylchenko and others, 2025).
    case positiveUncorrected = "positive-uncorrected"
  }

  /// Whether the item prior joins the score when the model serves.
  public enum Serving: String, Sendable, Codable, CaseIterable {
    /// Scores stay as they were trained.
    case plain
    /// log P(d) is added through one extra coordinate of query and item vectors.
    case prior
  }

  /// Where the probability of drawing an item comes from.
  public var estimate = Estimate.static
  /// How logits are corrected.
  public var form = Form.expectedCount
  /// Whether the item prior joins the score when the model serves.
  public var serving = Serving.plain
  /// The streaming estimator, for `estimate` `streaming`.
  package var estimator = FrequencyEstimatorSettings()

  /// The defaults: training frequencies, expected-count form, plain serving.
  public init() {}

  /// Throws `SettingError` for a streaming estimator that cannot work.
  package func validate() throws {
    try SettingError.within("estimator") { try estimator.validate() }
  }
}
