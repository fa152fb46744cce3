public import CorralData
import Foundation

/// What is subtracted from the logits of one batch, `[rows, columns]`, to undo their sampling.
///
/// Row i's positive is column i. With Q the probability of a column's item in one draw, p_i the
/// positive, and n_i the number of row i's negatives without accidental hits:
/// - `yi`: every column, the positive's too, has log Q subtracted, and `rows` is zero;
/// - `expected-count`: negatives have `log(n_i Q') = columns + rows` subtracted,
///   `Q' = Q / (1 - Q(p_i))`, and the positive nothing;
/// - `positive-uncorrected`: negatives as in `expected-count`, which makes
///   `P_i = exp(f_i) / (exp(f_i) + sum exp(negatives))` the estimate that scales the row's loss
///   `-(1 - P_i) (f_i - logsumexp(negatives) - logCounts_i)` (Khrylchenko and others, 2025).
public struct ColumnCorrection: Sendable, Equatable {
  /// Which logits have what subtracted.
  public let form: CorrectionSettings.Form
  /// log Q of each column's item, `[columns]`.
  public let columns: [Float]
  /// `log n_i - log(1 - Q(p_i))` of each row, `[rows]`; zero in the `yi` form.
  public let rows: [Float]
  /// `log n_i` of each row, `[rows]`: the logarithm of the number of its negatives.
  public let logCounts: [Float]

  /// A correction from the probability of each column's item in one draw.
  ///
  /// Probabilities are taken as at least `1e-12` and at most 0.999: an estimate may overshoot, and
  /// no positive may leave its negatives nothing.
  public init(
    form: CorrectionSettings.Form, items: [ItemIndex], rows: Int, probabilities: [Double]
  ) {
    guard items.count == probabilities.count, rows <= items.count else {
      fatalError(
        """
        a correction of \(rows) rows and \(items.count) columns needs a probability for each \
        column, not \(probabilities.count)
        """)
    }
    let clamped = probabilities.map { min(max($0, 1e-12), 0.999) }
    var occurrences: [ItemIndex: Int] = [:]
    occurrences.reserveCapacity(items.count)
    for item in items { occurrences[item, default: 0] += 1 }
    let logCounts = items[..<rows].map {
      log(Double(max(items.count - occurrences[$0, default: 0], 1)))
    }
    self.form = form
    self.columns = clamped.map { Float(log($0)) }
    self.logCounts = logCounts.map { Float($0) }
    self.rows =
      switch form {
      case .yi: [Float](repeating: 0, count: rows)
      case .expectedCount, .positiveUncorrected:
        (0..<rows).map { Float(logCounts[$0] - log(1 - clamped[$0])) }
      }
  }
}
