public import Torch

/// `-log softmax(f / temperature)[positive]` over all columns, each counted once.
///
/// For logits whose columns are the whole catalogue; counts, masks and corrections are for others.
public struct FullSoftmax: Loss {
  /// What scores are divided by.
  public var temperature: Float

  /// The loss at a temperature.
  public init(temperature: Float = 1) { self.temperature = temperature }

  /// The loss of each row, `[batch]`.
  public func callAsFunction(_ logits: Logits) -> Tensor {
    (logits.values * (1 / temperature)).crossEntropy(logits.target, reduction: .none)
  }
}
