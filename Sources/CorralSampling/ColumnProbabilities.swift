package import CorralData
import Foundation

/// Estimates how probable it was that each column of a batch's logits was drawn: log Q, which a
/// corrected loss subtracts.
///
/// Training asks once a batch, in order: a streaming estimate answers from what it knew before the
/// batch, then learns from it.
package struct ColumnProbabilities: Sendable, Equatable {
  /// How logits are corrected.
  package let form: CorrectionSettings.Form
  /// The number of items in the catalogue, over which extra negatives are uniform.
  package private(set) var itemCount: Int
  /// Where the probabilities come from.
  package private(set) var source: Source

  /// Where the probabilities of in-batch columns come from.
  package enum Source: Sendable, Equatable {
    /// None: logits are not corrected.
    case none
    /// Frequencies that do not change.
    case `static`(ItemFrequencies)
    /// An estimator that follows the batches.
    case streaming(FrequencyEstimator)
  }

  /// The probabilities that settings describe; `counts` says how often each item of the catalogue is a
  /// target in training, `[items]`.
  package init(_ settings: CorrectionSettings, counts: [Int]) {
    let source: Source =
      switch settings.estimate {
      case .none: .none
      case .static: .static(ItemFrequencies(counts: counts))
      case .streaming: .streaming(FrequencyEstimator(settings.estimator))
      }
    self.init(form: settings.form, itemCount: counts.count, source: source)
  }

  /// Probabilities from an existing source, such as an estimator restored from a file.
  package init(form: CorrectionSettings.Form, itemCount: Int, source: Source) {
    self.form = form
    self.itemCount = itemCount
    self.source = source
  }

  /// Lets the catalogue have more items; frequencies that do not change give the new ones 0.
  package mutating func grow(to itemCount: Int) {
    precondition(itemCount >= self.itemCount, "a catalogue of \(self.itemCount) does not shrink")
    self.itemCount = itemCount
  }

  /// The streaming estimator, to be saved with the model.
  package var estimator: FrequencyEstimator? {
    if case .streaming(let estimator) = source { estimator } else { nil }
  }

  /// log Q of each column's item in one draw, `[columns]`; `nil` when nothing is corrected.
  ///
  /// Columns are the batch's targets, in order, and after them the extra items that were drawn
  /// uniformly from the catalogue and that all rows share. Every column's probability is then that
  /// of mixed negative sampling (Yang and others, 2020):
  /// `Q* = (B Q_batch + B' Q_uniform) / (B + B')`.
  ///
  /// Probabilities are taken as at least `1e-12` and at most 0.999: an estimate may overshoot, and
  /// no positive may leave its negatives nothing.
  package mutating func logProbabilities(
    targets: [ItemIndex], extra: [ItemIndex] = []
  ) -> [Float]? {
    let items = targets + extra
    let batch: [Double]
    switch source {
    case .none: return nil
    case .static(let frequencies):
      batch = items.map {
        $0.position < frequencies.count ? frequencies.probabilities[$0.position] : 0
      }
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
    return batch.map {
      Float(log(min(max(share * $0 + (1 - share) * uniform, 1e-12), 0.999)))
    }
  }
}

/// How probable each item of a catalogue is, from counts: P(d).
package struct ItemFrequencies: Sendable, Equatable {
  /// P(d) of every item, `[items]`; the sum is 1.
  package let probabilities: [Double]

  /// The share of each item in the counts, after `smoothing` more of every item.
  ///
  /// `P(d) = (n_d + smoothing) / (sum n + smoothing * items)`. Without smoothing an item that was
  /// never counted has probability 0; without any counts every item has the same.
  package init(counts: [Int], smoothing: Double = 0) {
    let total = counts.reduce(0) { $0 + Double($1) } + smoothing * Double(counts.count)
    let uniform = 1 / Double(max(counts.count, 1))
    probabilities = counts.map { total > 0 ? (Double($0) + smoothing) / total : uniform }
  }

  /// Frequencies that are known already, P(d) of every item.
  package init(probabilities: [Double]) { self.probabilities = probabilities }

  /// The number of items.
  package var count: Int { probabilities.count }

  /// log P(d) of every item, `[items]`: what serving adds to the scores of a model that was trained
  /// without correction, as one extra coordinate of its item vectors.
  ///
  /// Finite for every item when the frequencies were smoothed.
  package var servingPrior: [Float] { probabilities.map { Float(log($0)) } }
}
