public import Torch

/// What training minimises: the `loss` block of a settings file.
public struct LossSettings: Sendable, Codable, Equatable {
  /// The loss.
  public var kind = Kind.softmax
  /// What scores are divided by before anything else happens to them.
  public var temperature: Float = 0.1

  /// The defaults: softmax at temperature 0.1.
  public init() {}

  /// The losses.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Cross-entropy over the positive and its negatives.
    case softmax
    /// Bayesian personalised ranking: the positive above each negative.
    case bpr
    /// Binary cross-entropy: the positive is 1, each negative 0.
    case bce
  }

  /// Throws `ModelsError.setting` for a temperature that scores cannot be divided by.
  public func validate() throws {
    if !(temperature > 0 && temperature.isFinite) {
      throw ModelsError.setting(
        key: "loss.temperature", value: "\(temperature)",
        reason: "give a number above 0, such as 0.05 to 0.1 for cosine and 1 for dot")
    }
  }

  /// The loss of each row, `[batch]`, of logits that were divided by the temperature when they were
  /// made.
  public func rows(ofDivided logits: Logits) -> Tensor {
    switch kind {
    case .softmax: SampledSoftmax()(logits)
    case .bpr: BayesianPersonalisedRanking()(logits)
    case .bce: BinaryCrossEntropy()(logits)
    }
  }
}
