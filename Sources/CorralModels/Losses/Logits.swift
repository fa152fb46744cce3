package import CorralSampling
package import Torch

/// The scores of a batch's queries against some columns of items, and which of them is right: the
/// one input of every loss.
///
/// Full softmax: the columns are all items. In-batch: an item for each example, or each different
/// item once with the number of columns that it stands for. Sampled: the positives and the draws.
package struct Logits {
  /// The scores, `[batch, columns]`; the loss divides them by its temperature.
  ///
  /// Where they are inner products they are computed when a loss first asks for them.
  package var values: Tensor { scores.values }
  let scores: Scores
  /// The column of each row's positive, `[batch]`, whole numbers.
  package var target: Tensor
  /// The logarithm of the number of negatives that each column stands for, `[columns]`; `nil` where
  /// it is 1 each.
  ///
  /// A row's own positive is never among its negatives, however often it was drawn.
  package var logCounts: Tensor?
  /// True where a column is no negative of its row, `[batch, columns]`: an accidental hit, or an
  /// item that the user is known to like; `nil` where there is none.
  package var isMasked: Tensor?
  /// What is known about how the columns came to be there; `nil` where nothing is corrected.
  package var correction: Correction?

  /// The sampling of the columns, as `ColumnCorrection` describes it.
  package struct Correction {
    /// Which logits have what subtracted.
    package var form: CorrectionSettings.Form
    /// log Q of each column's item in one draw, `[columns]` or `[batch, columns]`.
    package var columns: Tensor
    /// `log n_i - log(1 - Q(p_i))` of each row, `[batch]`; not used by the `yi` form.
    package var rows: Tensor
    /// `log n_i` of each row, its number of negatives, `[batch]`.
    package var logCounts: Tensor

    /// A correction by quantities that are already tensors.
    package init(
      form: CorrectionSettings.Form, columns: Tensor, rows: Tensor, logCounts: Tensor
    ) {
      self.form = form
      self.columns = columns
      self.rows = rows
      self.logCounts = logCounts
    }

    /// The correction of a batch whose first columns are its rows' positives, one a row.
    package init(_ correction: ColumnCorrection, device: Device = .cpu) {
      self.init(
        form: correction.form, columns: Tensor(correction.columns, device: device),
        rows: Tensor(correction.rows, device: device),
        logCounts: Tensor(correction.logCounts, device: device))
    }
  }

  /// The scores of a batch.
  package init(
    values: Tensor, target: Tensor, logCounts: Tensor? = nil, isMasked: Tensor? = nil,
    correction: Correction? = nil
  ) {
    guard values.rank == 2, target.shape == [values.size(0)] else {
      fatalError(
        "logits: scores [batch, columns] and targets [batch] are needed, not \(values.shape) and "
          + "\(target.shape)")
    }
    self.init(Scores(values), target, logCounts, isMasked, correction)
  }

  /// The scores of a batch as inner products of `[batch, dimension]` and `[columns, dimension]`.
  package init(
    queries: Tensor, items: Tensor, target: Tensor, logCounts: Tensor? = nil,
    correction: Correction? = nil
  ) {
    guard target.shape == [queries.size(0)] else {
      fatalError("logits: \(queries.size(0)) queries need as many targets, not \(target.shape)")
    }
    self.init(Scores(queries: queries, items: items), target, logCounts, nil, correction)
  }

  /// The scores of a batch in which row i of queries `[batch, dimension]` has as columns the inner
  /// products with the rows `own[i]` of items `[items, dimension]`, `own` being `[batch, columns]`.
  package init(
    queries: Tensor, items: Tensor, own: Tensor, target: Tensor, isMasked: Tensor? = nil,
    correction: Correction? = nil
  ) {
    guard own.rank == 2, target.shape == [queries.size(0)], own.size(0) == queries.size(0) else {
      fatalError(
        "logits: \(queries.size(0)) queries need as many rows of columns and targets, not "
          + "\(own.shape) and \(target.shape)")
    }
    self.init(Scores(queries: queries, items: items, own: own), target, nil, isMasked, correction)
  }

  private init(
    _ scores: Scores, _ target: Tensor, _ logCounts: Tensor?, _ isMasked: Tensor?,
    _ correction: Correction?
  ) {
    self.scores = scores
    self.target = target
    self.logCounts = logCounts
    self.isMasked = isMasked
    self.correction = correction
  }

  /// The logit of a column that does not count: far below every other, and still a number, so that
  /// a row without negatives has a loss and a gradient of 0.
  static let excluded: Float = -1e9

  /// Each row's score of its positive over the temperature, `[batch]`.
  func positives(_ temperature: Float) -> Tensor {
    values.gather(1, target.unsqueeze(1)).squeeze(1) * (1 / temperature)
  }

  /// Each row's scores of its negatives over the temperature, shifted by column, `[batch, columns]`;
  /// `excluded` where a column is the positive or masked.
  func negatives(_ temperature: Float, shifted shift: Tensor? = nil) -> Tensor {
    var negatives = temperature == 1 ? values : values * (1 / temperature)
    if let shift { negatives = negatives + shift }
    if let isMasked { negatives = negatives.maskedFill(isMasked, Self.excluded) }
    return negatives.scatter(1, target.unsqueeze(1), Self.excluded)
  }
}
