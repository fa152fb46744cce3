import CTorch

extension Tensor {
  /// The weighted sum of softmax losses of queries over items, without all the logits at once.
  ///
  /// `sum_i w_i L_i` with `L_i = -log softmax(l_i)[t_i]`, where `l_ij = q_i e_j + c_j`, and
  /// `l_it = q_i e_t + r_i` for the target's own. The gradient for queries and items, exact, is
  /// computed with the loss, some rows at a time: memory is
  /// O(logits at once + (rows + columns) d).
  ///
  /// - Parameters:
  ///   - queries: `[rows, d]`.
  ///   - items: `[columns, d]`.
  ///   - targets: the column of each row's positive, `[rows]`.
  ///   - columnShifts: c, `[columns]`; constants. Below -5e8, the column is nobody's negative and costs
  ///     nothing.
  ///   - rowShifts: r, `[rows]`; constants.
  ///   - weights: w, `[rows]`; constants.
  ///   - rowsAtOnce: how many rows of logits exist at any moment; by default about a million logits.
  /// - Returns: the sum, from which gradients flow, and each row's loss, `[rows]`, a constant.
  package static func softmaxLoss(
    _ queries: Tensor, _ items: Tensor, targets: Tensor, columnShifts: Tensor? = nil,
    rowShifts: Tensor? = nil, weights: Tensor, rowsAtOnce: Int? = nil
  ) -> (total: Tensor, rows: Tensor) {
    // Products of fewer than 64 rows at a time would be slow.
    let part = rowsAtOnce ?? Swift.max(64, (1 << 20) / Swift.max(1, items.size(0)))
    return madeTwo("softmaxLoss", queries, items, targets) {
      ct_softmax_loss(
        queries.handle, items.handle, targets.handle, columnShifts?.handle, rowShifts?.handle,
        weights.handle, part, $0, $1)
    }
  }

  /// The inner products of each row with its own choice of rows of a table, `[rows, n]`.
  ///
  /// This tensor is `[rows, d]`, the table `[columns, d]`, and `columns` `[rows, n]` the positions in
  /// it. No `[rows, n, d]` is ever made.
  package func products(with table: Tensor, at columns: Tensor) -> Tensor {
    Tensor.made("products", self, table, columns) {
      ct_products_at(handle, table.handle, columns.handle, $0)
    }
  }

  /// The weighted sum of losses of each row's positive against its negatives; on a CPU.
  ///
  /// Scores are `rows.products(with: table, at: columns)`.
  ///
  /// The gradients for rows and table, exact, are computed with the loss.
  ///
  /// - Parameters:
  ///   - form: the loss of a row.
  ///   - rows: `[rows, d]`.
  ///   - table: `[columns, d]`.
  ///   - columns: the positions in the table of each row's columns, `[rows, n]`.
  ///   - targets: which of its columns is a row's positive, `[rows]`.
  ///   - isMasked: the columns that are not negatives of their row, `[rows, n]`.
  ///   - weights: factors of the rows' losses, `[rows]`; constants.
  /// - Returns: the sum, from which gradients flow.
  package static func pairwiseLoss(
    _ form: PairwiseForm, _ rows: Tensor, _ table: Tensor, at columns: Tensor, targets: Tensor,
    isMasked: Tensor? = nil, weights: Tensor
  ) -> Tensor {
    made("pairwiseLoss", rows, table, columns) {
      ct_pairwise_loss(
        form.form, rows.handle, table.handle, columns.handle, targets.handle, isMasked?.handle,
        weights.handle, $0)
    }
  }

  /// A loss of the score p of a positive and the scores n of its negatives.
  package enum PairwiseForm: Sendable {
    /// The mean of `-log sigmoid(p - n)`.
    case ranking
    /// `-log sigmoid(p)` and the mean of `-log sigmoid(-n)`.
    case binary

    fileprivate var form: ct_pairwise {
      switch self {
      case .ranking: .ranking
      case .binary: .binary
      }
    }
  }
}
