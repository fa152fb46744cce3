import Torch

extension RetrieverSettings {
  /// The scores that an inner-product index can search by.
  public enum Similarity: String, Sendable, Codable, CaseIterable {
    /// The inner product of vectors scaled to length 1.
    case cosine
    /// The inner product.
    case dot

    /// Vectors whose inner products are the scores.
    func prepared(_ vectors: Tensor) -> Tensor {
      switch self {
      case .cosine: vectors.normalized()
      case .dot: vectors
      }
    }
  }

  /// Where the multiplier of scores comes from.
  public enum Scale: String, Sendable, Codable, CaseIterable {
    /// Scores are divided by the temperature of the loss, and that is all.
    case fixed
    /// A learned multiplier, 1 at first: the temperature of the loss is where it starts from.
    case learned

    /// The logarithm of the learned multiplier, 0 at first; `nil` where it is fixed.
    func logarithm(in scope: Parameters.Scope) throws -> Tensor? {
      self == .fixed ? nil : try (scope / "scale").parameter("log", shape: [])
    }
  }

  /// Whether a part of a model is there.
  public enum Presence: String, Sendable, Codable, CaseIterable {
    /// It is.
    case on
    /// It is not.
    case off
  }
}
