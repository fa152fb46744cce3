package import CorralData
package import CorralSampling
import Foundation
package import Torch

/// What the targets of a batch are compared with: columns of different items, and which of them are
/// whose negatives.
///
/// Shared by the batch, a column is each different item once, and the number of negatives that it
/// stands for: the same loss as a column an example with accidental hits masked, at the price of the
/// different items only, since k equal columns are one with `log k` added.
package struct TrainingColumns: Sendable, Equatable {
  /// The items, all different, `[columns]`.
  package let items: [ItemIndex]
  /// The column of each target, `[targets]`.
  package let targets: [Int64]
  /// Which columns are negatives of a target.
  package let negatives: Negatives
  /// log Q in one draw; `nil` where nothing is corrected.
  ///
  /// Of each column's item where columns are shared, `[columns]`; where they are own, of each target
  /// and then its n negatives, `[targets * (1 + n)]`, for a proposal that depends on the query.
  package let logQ: [Float]?
  /// The form of the correction.
  package let form: CorrectionSettings.Form

  /// Which columns are negatives of a target.
  package enum Negatives: Sendable, Equatable {
    /// All but its own: how many negatives each column stands for, `[columns]`; 0 for one that is
    /// there as a positive only.
    case shared(counts: [Int])
    /// Those drawn for it alone: their columns, `[targets * n]`, a target's n one after the other.
    ///
    /// `isKnown` tells which of them the target's user is known to like, `[targets * n]`: they are no
    /// negatives. Empty where none is.
    case own(columns: [Int64], isKnown: [Bool] = [])
  }

  /// Columns that are already laid out.
  package init(
    items: [ItemIndex], targets: [Int64], negatives: Negatives, logQ: [Float]? = nil,
    form: CorrectionSettings.Form = .yi
  ) {
    let (fits, probabilities) =
      switch negatives {
      case .shared(let counts): (counts.count == items.count, items.count)
      case .own(let columns, let isKnown):
        (
          !targets.isEmpty && columns.count.isMultiple(of: targets.count)
            && (isKnown.isEmpty || isKnown.count == columns.count),
          targets.count + columns.count
        )
      }
    guard fits, logQ.map({ $0.count == probabilities }) ?? true else {
      fatalError(
        "columns: \(items.count) items need as many counts, or some columns for each of "
          + "\(targets.count) targets, and \(probabilities) probabilities")
    }
    self.items = items
    self.targets = targets
    self.negatives = negatives
    self.logQ = logQ
    self.form = form
  }
}

extension TrainingColumns {
  /// Each target with what a proposal drew for it.
  ///
  /// A target that the proposal never draws counts as its row's least probable draw.
  ///
  /// - Parameters:
  ///   - targets: the positives, one a row.
  ///   - draws: the draws of each row, with the logarithms of their probabilities.
  ///   - targetLogQ: the logarithm of each target's probability in one draw.
  ///   - form: the form of the correction.
  ///   - isKnown: which draws are no negatives, since the target's user likes them; empty for none.
  package init(
    targets: [ItemIndex], _ draws: CorralSampling.Negatives, targetLogQ: [Float],
    form: CorrectionSettings.Form, isKnown: [Bool] = []
  ) {
    guard draws.rows == targets.count, targetLogQ.count == targets.count else {
      fatalError(
        "columns: \(targets.count) targets need draws and a probability each, not \(draws.rows) "
          + "rows and \(targetLogQ.count)")
    }
    let distinct = DistinctItems(targets + draws.items)
    var logQ: [Float] = []
    logQ.reserveCapacity(targets.count + draws.items.count)
    for (row, ofTarget) in targetLogQ.enumerated() {
      let ofDraws = draws.logProbabilities[row * draws.count..<(row + 1) * draws.count]
      logQ.append(ofTarget > -.infinity ? ofTarget : ofDraws.min() ?? 0)
      logQ += ofDraws
    }
    self.init(
      items: distinct.items, targets: Array(distinct.positions.prefix(targets.count)),
      negatives: .own(
        columns: Array(distinct.positions.dropFirst(targets.count)), isKnown: isKnown),
      logQ: logQ, form: form)
  }
}

extension Logits {
  /// The scores of a batch's targets against its columns.
  ///
  /// - Parameters:
  ///   - queries: the vector that each target is scored with, `[targets, dimension]`.
  ///   - items: the vectors of the columns' items, `[columns, dimension]`.
  ///   - columns: what the columns are.
  ///   - scale: a learned multiplier of the scores.
  ///   - temperature: what the scores are divided by here already, for a loss whose temperature is
  ///     then 1: dividing `[targets, dimension]` costs less than dividing `[targets, columns]`.
  ///   - crossing: what scores queries against items, as `Retriever.scores` does, where that is no
  ///     inner product.
  package init(
    _ queries: Tensor, _ items: Tensor, _ columns: TrainingColumns, scale: Tensor? = nil,
    temperature: Float = 1, crossing: ((Tensor, Tensor) -> Tensor)? = nil
  ) {
    let device = queries.device
    func scaled(_ tensor: Tensor) -> Tensor {
      let scaled = scale.map { tensor * $0 } ?? tensor
      return temperature == 1 ? scaled : scaled * (1 / temperature)
    }
    switch columns.negatives {
    case .shared(let counts):
      let isEach = counts.allSatisfy { $0 == 1 }
      let logCounts =
        isEach
        ? nil
        : Tensor(
          counts.map { $0 > 0 ? Float(log(Double($0))) : Logits.excluded }, device: device)
      let target = Tensor(columns.targets, device: device)
      let correction = columns.logQ.map { Correction($0, of: columns, counts, device: device) }
      if let crossing {
        self.init(
          values: scaled(crossing(queries, items)), target: target, logCounts: logCounts,
          correction: correction)
      } else {
        self.init(
          queries: scaled(queries), items: items, target: target, logCounts: logCounts,
          correction: correction)
      }
    case .own(let own, let isKnown):
      let (rows, count) = (columns.targets.count, own.count / columns.targets.count)
      // A row is its target and then its negatives.
      let places = Tensor.cat(
        [
          Tensor(columns.targets, shape: [rows, 1], device: device),
          Tensor(own, shape: [rows, count], device: device),
        ], 1)
      let flat = places.reshape([rows * (1 + count)])
      let target = Tensor.zeros([rows], type: .int64, device: device)
      var isMasked = places .== places.narrow(1, 0..<1)
      if isKnown.contains(true) {
        let known = Tensor(isKnown, shape: [rows, count], device: device)
        isMasked = isMasked .| Tensor.cat([isMasked.narrow(1, 0..<1), known], 1)
      }
      let correction = columns.logQ.map {
        Correction($0, of: columns, own: own, isKnown, device: device)
      }
      if let crossing {
        let vectors = items.indexSelect(0, flat).reshape([rows, 1 + count, items.size(1)])
        self.init(
          values: scaled(crossing(queries, vectors)), target: target, isMasked: isMasked,
          correction: correction)
      } else {
        self.init(
          queries: scaled(queries), items: items, own: places, target: target,
          isMasked: isMasked, correction: correction)
      }
    }
  }
}

extension Logits.Correction {
  /// The correction of shared columns with probabilities `exp(logQ)`: a row has all their negatives
  /// but those that are its positive.
  fileprivate init(
    _ logQ: [Float], of columns: TrainingColumns, _ counts: [Int], device: Device
  ) {
    let total = counts.reduce(0, +)
    self.init(
      form: columns.form, columns: Tensor(logQ, device: device),
      positives: columns.targets.map { logQ[Int($0)] },
      numbers: columns.targets.map { total - counts[Int($0)] }, device: device)
  }

  /// The correction of rows with n columns of their own, but those that are the row's positive or that
  /// its user is known to like.
  fileprivate init(
    _ logQ: [Float], of columns: TrainingColumns, own: [Int64], _ isKnown: [Bool], device: Device
  ) {
    let (rows, width) = (columns.targets.count, logQ.count / columns.targets.count)
    self.init(
      form: columns.form, columns: Tensor(logQ, shape: [rows, width], device: device),
      positives: (0..<rows).map { logQ[$0 * width] },
      numbers: columns.targets.enumerated().map { row, target in
        (row * (width - 1)..<(row + 1) * (width - 1)).count {
          own[$0] != target && (isKnown.isEmpty || !isKnown[$0])
        }
      }, device: device)
  }

  private init(
    form: CorrectionSettings.Form, columns: Tensor, positives: [Float], numbers: [Int],
    device: Device
  ) {
    let logCounts = numbers.map { log(Double(max($0, 1))) }
    let rows = zip(logCounts, positives).map { logCount, logQ in
      Float(logCount - log1p(-min(exp(Double(logQ)), 0.999)))
    }
    self.init(
      form: form, columns: columns, rows: Tensor(rows, device: device),
      logCounts: Tensor(logCounts.map { Float($0) }, device: device))
  }
}
