import Torch

extension Logits {
  /// The mean softmax loss of inner products with each row's own positive left out of its negatives,
  /// and the loss of each row, a constant; `nil` for logits that are no such products.
  ///
  /// - Parameters:
  ///   - temperature: what scores are divided by.
  ///   - columns: what is added to the negatives of a column, `[columns]`.
  ///   - rows: what is added to the positive of a row, `[batch]`.
  ///   - weights: what the loss of a row is multiplied by, `[batch]`.
  /// - Returns: the mean, from which gradients flow, and the rows.
  func fused(
    _ temperature: Float, columns: Tensor?, rows: Tensor?, weights: Tensor?
  ) -> (total: Tensor, rows: Tensor)? {
    guard let factors = scores.factors, scores.own == nil, isMasked == nil,
      columns.map({ $0.rank == 1 }) ?? true
    else { return nil }
    let weights = weights ?? .ones([factors.queries.size(0)], device: factors.queries.device)
    return Tensor.softmaxLoss(
      temperature == 1 ? factors.queries : factors.queries * (1 / temperature), factors.items,
      targets: target, columnShifts: columns, rowShifts: rows,
      weights: weights * (1 / Float(factors.queries.size(0))))
  }

  /// The mean loss, by pairs, of inner products with columns of each row's own; `nil` for logits that
  /// are no such products or not on a CPU.
  ///
  /// - Parameters:
  ///   - form: what the loss of a row is.
  ///   - temperature: what scores are divided by.
  ///   - weights: what the loss of a row is multiplied by, `[batch]`.
  /// - Returns: the mean, from which gradients flow.
  func fused(_ form: Tensor.PairwiseForm, _ temperature: Float, weights: Tensor?) -> Tensor? {
    guard let (queries, items) = scores.factors, let own = scores.own, queries.device == .cpu,
      logCounts == nil
    else { return nil }
    let weights = weights ?? .ones([queries.size(0)])
    return Tensor.pairwiseLoss(
      form, temperature == 1 ? queries : queries * (1 / temperature), items, at: own,
      targets: target, isMasked: isMasked, weights: weights * (1 / Float(queries.size(0))))
  }
}
