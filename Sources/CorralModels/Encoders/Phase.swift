import Torch

/// What vectors are made for: training or scoring.
package enum Phase: Sendable {
  /// A loss: dropout is active, and follows from the seed.
  case training(seed: UInt64)
  /// Scores: nothing is random.
  case inference
}

extension Phase {
  /// The seed of the dropout in one part of a model; `nil` if nothing is dropped.
  ///
  /// Parts with different streams drop different elements.
  func seed(stream: UInt64) -> UInt64? {
    switch self {
    case .training(let seed): seed &+ stream
    case .inference: nil
    }
  }
}

extension Tensor {
  /// Zeroes elements at random in training and scales the others by `1 / (1 - share)`.
  ///
  /// The seed alone decides which elements, whatever else draws random numbers.
  func dropout(_ share: Float, _ phase: Phase, _ stream: UInt64) -> Tensor {
    phase.seed(stream: stream).map { dropout(share, seed: $0) } ?? self
  }
}
