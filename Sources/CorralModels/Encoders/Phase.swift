import Torch

/// What vectors are made for.
package enum Phase: Sendable {
  /// For a loss: dropout is active, and what it drops follows from the seed.
  case training(seed: UInt64)
  /// For scores: nothing is random.
  case inference
}

extension Phase {
  /// The seed of what one part of a model drops; `nil` where nothing is dropped.
  ///
  /// Parts of different streams drop different elements.
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
  /// The seed alone decides which, so that nothing else that draws numbers changes a run.
  func dropout(_ share: Float, _ phase: Phase, _ stream: UInt64) -> Tensor {
    phase.seed(stream: stream).map { dropout(share, seed: $0) } ?? self
  }
}
