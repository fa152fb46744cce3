package import CorralSampling
package import Torch

/// The scores of a batch's queries against columns of items, and the column of each positive: the
/// one input of every loss.
///
/// For the full softmax the columns are all items. In-batch, there is one for each example, or one
/// for each different item with the number of columns that it stands for. Sampled, they are the
/// positives and the draws.
package struct Logits {
  /// The scores, `[batch, columns]`; the loss divides them by its temperature.
  ///
  /// Inner products are computed when a loss first asks for them.
  package var values: Tensor { scores.values }
  let scores: Scores
  /// The column of each row's positive, `[batch]`, whole numbers.
  package var target: Tensor
  /// The logarithm of the number of negatives that each column stands for, `[columns]`; `nil` if
  /// every column stands for one.
  ///
  /// A row's positive is never among its negatives, however often it was drawn.
  package var logCounts: Tensor?
  /// Whether a column is left out of its row's negatives, `[batch, columns]`: an accidental hit, or
  /// an item that the user is known to like; `nil` without any.
  package var isMasked: Tensor?
  /// How probable the columns were when they were sampled; `nil` without a correction.
  package var correction: Correction?

  /// What is subtracted from the scores to undo the sampling of their columns (`SampledSoftmax`).
  package struct Correction {
    /// Which logits have what subtracted.
    package var form: CorrectionSettings.Form
    /// log Q of each column's item in one draw, `[columns]` or `[batch, columns]`.
    package var columns: Tensor
    /// `log n_i - log(1 - Q(p_i))` of each row, `[batch]`; not used by the `yi` form.
    package var rows: Tensor
    /// `log n_i` of each row, its number of negatives, `[batch]`.
    package var logCounts: Tensor

    /// A correction of quantities that are tensors.
    package init(
      form: CorrectionSettings.Form, columns: Tensor, rows: Tensor, logCounts: Tensor
    ) {
      self.form = form
      self.columns = columns
      self.rows = rows
      self.logCounts = logCounts
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

  /// The scores of a batch as inner products of `[batch, width]` and `[columns, width]`.
  package init(
    queries: Tensor, items: Tensor, target: Tensor, logCounts: Tensor? = nil,
    correction: Correction? = nil
  ) {
    guard target.shape == [queries.size(0)] else {
      fatalError("logits: \(queries.size(0)) queries need as many targets, not \(target.shape)")
    }
    self.init(Scores(queries: queries, items: items), target, logCounts, nil, correction)
  }

  /// The scores of a batch in which row i of queries `[batch, width]` has as columns the inner
  /// products with the rows `own[i]` of items `[items, width]`, `own` being `[batch, columns]`.
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

  /// The logit of a column that does not count: far below all others, and still a number, so that a
  /// row without negatives has a loss and a gradient of 0.
  static let excluded: Float = -1e9

  /// Each row's score of its positive over the temperature, `[batch]`.
  func positives(_ temperature: Float) -> Tensor {
    values.gather(1, target.unsqueeze(1)).squeeze(1) * (1 / temperature)
  }

  /// Each row's scores of its negatives over the temperature, shifted by column,
  /// `[batch, columns]`; `excluded` where a column is the positive or masked.
  func negatives(_ temperature: Float, shifted shift: Tensor? = nil) -> Tensor {
    var negatives = temperature == 1 ? values : values * (1 / temperature)
    if let shift { negatives = negatives + shift }
    if let isMasked { negatives = negatives.maskedFill(isMasked, Self.excluded) }
    return negatives.scatter(1, target.unsqueeze(1), Self.excluded)
  }
}

/// Scores `[rows, columns]`, given or as inner products that are computed when they are asked for.
///
/// A loss that works on the factors never needs the products, which would take most of a step's
/// memory.
final class Scores {
  /// The vectors whose inner products the scores are, `[rows, width]` and `[columns, width]`; `nil`
  /// for given scores.
  let factors: (queries: Tensor, items: Tensor)?
  /// The items that each row is multiplied with, `[rows, n]`; `nil` for all of them.
  let own: Tensor?
  private(set) lazy var values: Tensor = products()

  /// Given scores.
  init(_ values: Tensor) {
    (factors, own) = (nil, nil)
    self.values = values
  }

  /// Inner products with all items, or with each row's own.
  init(queries: Tensor, items: Tensor, own: Tensor? = nil) {
    factors = (queries, items)
    self.own = own
  }

  private func products() -> Tensor {
    guard let factors else { fatalError("scores: neither values nor factors") }
    return own.map { factors.queries.products(with: factors.items, at: $0) }
      ?? factors.queries.matmul(transposed: factors.items)
  }
}
