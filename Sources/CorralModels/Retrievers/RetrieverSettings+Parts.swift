import Torch

extension RetrieverSettings {
  /// How vectors are compared; an inner-product index can search by both.
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

  /// Whether a multiplier of scores is learned.
  public enum Scale: String, Sendable, Codable, CaseIterable {
    /// Only the temperature of the loss scales the scores.
    case fixed
    /// A learned multiplier, 1 at first, on top of the temperature of the loss.
    case learned

    /// The logarithm of the learned multiplier, 0 at first; `nil` if none is learned.
    func logarithm(in scope: Parameters.Scope) throws -> Tensor? {
      self == .fixed ? nil : try (scope / "scale").parameter("log", shape: [])
    }
  }

  /// Whether a part of a model exists.
  public enum Presence: String, Sendable, Codable, CaseIterable {
    /// It does.
    case on
    /// It does not.
    case off
  }
}
