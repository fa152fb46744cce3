public import CorralData
import Foundation

/// Knows how probable it was that each column of a batch's logits came to be there.
///
/// A trainer asks it once a batch, in order: a streaming estimate answers from what it knew before
/// the batch, then learns from it. The logits' side of the arithmetic is subtraction only, see
/// `ColumnCorrection`.
public struct Correction: Sendable, Equatable {
  /// The form in which logits are corrected.
  public let form: CorrectionSettings.Form
  /// The number of items in the catalogue, over which extra negatives are uniform.
  public let itemCount: Int
  /// Where the probabilities come from.
  public private(set) var source: Source

  /// Where the probabilities of in-batch columns come from.
  public enum Source: Sendable, Equatable {
    /// Nowhere: logits stay as they are.
    case none
    /// Frequencies that do not change.
    case `static`(ItemFrequencies)
    /// An estimator that follows the batches.
    case streaming(FrequencyEstimator)
  }

  /// A correction as settings describe it; `counts` says how often each item of the catalogue is a
  /// target in training, `[items]`.
  public init(_ settings: CorrectionSettings, counts: [Int]) {
    let source: Source =
      switch settings.estimate {
      case .none: .none
      case .static: .static(ItemFrequencies(counts: counts))
      case .streaming: .streaming(FrequencyEstimator(settings.estimator))
      }
    self.init(form: settings.form, itemCount: counts.count, source: source)
  }

  /// A correction with a source that exists already, such as an estimator restored from a file.
  public init(form: CorrectionSettings.Form, itemCount: Int, source: Source) {
    self.form = form
    self.itemCount = itemCount
    self.source = source
  }

  /// The streaming estimator, to be saved with the model.
  public var estimator: FrequencyEstimator? {
    if case .streaming(let estimator) = source { estimator } else { nil }
  }

  /// What to subtract from the logits of a batch, or `nil` where nothing is corrected.
  ///
  /// Columns are the batch's targets, in order, and after them the extra items that were drawn
  /// uniformly from the catalogue and that all rows share. Every column's probability is then that
  /// of mixed negative sampling (Yang and others, 2020):
  /// `Q* = (B Q_batch + B' Q_uniform) / (B + B')`.
  public mutating func columns(
    targets: [ItemIndex], extra: [ItemIndex] = []
  ) -> ColumnCorrection? {
    let items = targets + extra
    let batch: [Double]
    switch source {
    case .none: return nil
    case .static(let frequencies):
      batch = items.map { frequencies.probabilities[$0.position] }
    case .streaming(var estimator):
      // Estimates are occurrences in a batch; a column is one of the batch's draws.
      let draws = Double(max(targets.count, 1))
      batch = estimator.estimate(items).map { Double($0) / draws }
      // Releases the stored copy first, so that the update happens in place.
      source = .none
      estimator.update(targets)
      source = .streaming(estimator)
    }
    let share = Double(targets.count) / Double(max(items.count, 1))
    let uniform = 1 / Double(itemCount)
    return ColumnCorrection(
      form: form, items: items, rows: targets.count,
      probabilities: batch.map { share * $0 + (1 - share) * uniform })
  }
}
