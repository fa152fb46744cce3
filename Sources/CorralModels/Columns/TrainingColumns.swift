public import CorralData
public import CorralSampling
import Foundation
public import Torch

/// The columns of a batch's logits: each different item once, and how many negatives it stands for.
///
/// The same loss as a column an example with accidental hits masked, at the price of the different
/// items only: equal columns have equal scores, so that k of them are one with `log k` added.
public struct TrainingColumns: Sendable, Equatable {
  /// The items, all different, `[columns]`.
  public let items: [ItemIndex]
  /// The number of negatives that each column stands for, `[columns]`; 0 for one that is there as a
  /// positive only.
  public let counts: [Int]
  /// The column of each row's positive, `[batch]`.
  public let targets: [Int64]
  /// log Q of each column's item in one draw, `[columns]`; `nil` where nothing is corrected.
  public let logQ: [Float]?
  /// The form of the correction.
  public let form: CorrectionSettings.Form

  /// Columns that are already laid out.
  public init(
    items: [ItemIndex], counts: [Int], targets: [Int64], logQ: [Float]? = nil,
    form: CorrectionSettings.Form = .yi
  ) {
    guard counts.count == items.count, logQ.map({ $0.count == items.count }) ?? true else {
      fatalError("columns: \(items.count) items need as many counts and probabilities")
    }
    self.items = items
    self.counts = counts
    self.targets = targets
    self.logQ = logQ
    self.form = form
  }
}

extension Logits {
  /// The scores of a batch's queries against its columns.
  ///
  /// - Parameters:
  ///   - queries: `[batch, dimension]`.
  ///   - items: the vectors of the columns' items, `[columns, dimension]`.
  ///   - columns: what the columns are.
  ///   - scale: a learned multiplier of the scores.
  ///   - temperature: what the scores are divided by here already, for a loss whose temperature is
  ///     then 1: dividing `[batch, dimension]` costs less than dividing `[batch, columns]`.
  public init(
    _ queries: Tensor, _ items: Tensor, _ columns: TrainingColumns, scale: Tensor? = nil,
    temperature: Float = 1
  ) {
    let device = queries.device
    var scaled = scale.map { queries * $0 } ?? queries
    if temperature != 1 { scaled = scaled * (1 / temperature) }
    let scores = scaled.matmul(transposed: items)
    let counts = columns.counts.map { $0 > 0 ? Float(log(Double($0))) : Logits.excluded }
    self.init(
      values: scores, target: Tensor(columns.targets, device: device),
      logCounts: Tensor(counts, device: device),
      correction: columns.logQ.map { Correction($0, of: columns, device: device) })
  }
}

extension Logits.Correction {
  /// What is subtracted from the logits of columns with probabilities `exp(logQ)`: a row has all
  /// their negatives but those that are its positive.
  init(_ logQ: [Float], of columns: TrainingColumns, device: Device) {
    let total = columns.counts.reduce(0, +)
    let logCounts = columns.targets.map { log(Double(max(total - columns.counts[Int($0)], 1))) }
    let rows = zip(logCounts, columns.targets).map { logCount, target in
      Float(logCount - log1p(-min(exp(Double(logQ[Int(target)])), 0.999)))
    }
    self.init(
      form: columns.form, columns: Tensor(logQ, device: device), rows: Tensor(rows, device: device),
      logCounts: Tensor(logCounts.map { Float($0) }, device: device))
  }
}
