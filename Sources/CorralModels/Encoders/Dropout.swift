import Torch

extension Tensor {
  /// Zeroes elements at random in training and scales the others by `1 / (1 - share)`.
  ///
  /// The seed alone decides which, so that nothing else that draws numbers changes a run.
  func dropout(_ share: Float, _ phase: Phase, _ stream: UInt64) -> Tensor {
    guard case .training(let seed) = phase, share > 0 else { return self }
    let drawn = Tensor.uniform(shape, in: 0..<1, seed: seed &+ stream).to(device)
    return self * ((drawn .> share).to(.float32) * (1 / (1 - share)))
  }
}
