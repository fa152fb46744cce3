import Torch

extension Logits {
  /// The mean softmax loss of inner products, in one pass; `nil` for logits that are not inner
  /// products with shared columns.
  ///
  /// A row's positive is not among its negatives.
  ///
  /// - Parameters:
  ///   - temperature: the divisor of scores.
  ///   - columns: an addend of the negatives of each column, `[columns]`.
  ///   - rows: an addend of the positive of each row, `[batch]`.
  ///   - weights: a factor of the loss of each row, `[batch]`.
  /// - Returns: the mean, from which gradients flow, and the loss of each row, a constant.
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

  /// The mean pairwise loss of inner products with each row's own columns, in one pass; `nil` for
  /// other logits, and for those that are not on a CPU.
  ///
  /// - Parameters:
  ///   - form: the loss of a row.
  ///   - temperature: the divisor of scores.
  ///   - weights: a factor of the loss of each row, `[batch]`.
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
