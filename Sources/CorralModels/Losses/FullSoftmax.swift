package import Torch

/// `-log softmax(f / temperature)[positive]` over all columns, each counted once.
///
/// For logits whose columns are the whole catalogue; counts, masks and corrections are for others.
package struct FullSoftmax: Loss {
  /// What scores are divided by.
  package var temperature: Float

  /// The loss at a temperature.
  package init(temperature: Float = 1) { self.temperature = temperature }

  /// The loss of each row, `[batch]`.
  package func callAsFunction(_ logits: Logits) -> Tensor {
    (logits.values * (1 / temperature)).crossEntropy(logits.target, reduction: .none)
  }

  /// The mean of the rows; of inner products, without ever holding `[batch, columns]`.
  package func mean(_ logits: Logits, weights: Tensor?) -> Tensor {
    logits.fused(temperature, columns: nil, rows: nil, weights: weights)?.total
      ?? self(logits).mean(weights: weights)
  }
}
