import CorralSampling
import Foundation
package import Torch

extension Logits {
  /// The scores of a batch's targets against its columns.
  ///
  /// - Parameters:
  ///   - queries: the vector that each target is scored with, `[targets, width]`.
  ///   - items: the vectors of the columns' items, `[columns, width]`.
  ///   - columns: the columns, and the negatives of each target.
  ///   - scale: a learned multiplier of the scores.
  ///   - temperature: a divisor of the scores, for a loss with temperature 1: dividing the vectors
  ///     `[targets, width]` costs less than dividing the scores `[targets, columns]`.
  ///   - crossing: the function that scores queries against items, as `Retriever.scores` does, if
  ///     scores are not inner products.
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

extension Logits {
  /// The scores of blocks of columns, one for each block; arguments are as for columns without blocks.
  ///
  /// The parts of vectors have one gradient together, so that a step does not grow with the number of
  /// blocks.
  package static func blocks(
    _ queries: Tensor, _ items: Tensor, _ columns: ColumnBlocks, scale: Tensor? = nil,
    temperature: Float = 1, crossing: ((Tensor, Tensor) -> Tensor)? = nil
  ) -> [Logits] {
    func parts(_ vectors: Tensor, _ rows: [[Int64]]) -> [Tensor] {
      // One block has all rows, in their order.
      if rows.count == 1 { return [vectors] }
      return vectors.indexSelect(0, Tensor(rows.flatMap(\.self), device: vectors.device))
        .split(rows.map(\.count))
    }
    let queries = parts(queries, columns.blocks.map { $0.rows.map { Int64($0) } })
    let items = parts(items, columns.blocks.map(\.places))
    return columns.blocks.indices.map { block in
      Logits(
        queries[block], items[block], columns.blocks[block].columns, scale: scale,
        temperature: temperature, crossing: crossing)
    }
  }
}

extension Logits.Correction {
  /// The correction of shared columns with probabilities `exp(logQ)`.
  ///
  /// The negatives of a row are all that the columns stand for, except those that are its positive.
  fileprivate init(
    _ logQ: [Float], of columns: TrainingColumns, _ counts: [Int], device: Device
  ) {
    let total = counts.reduce(0, +)
    self.init(
      form: columns.form, columns: Tensor(logQ, device: device),
      positives: columns.targets.map { logQ[Int($0)] },
      numbers: columns.targets.map { total - counts[Int($0)] }, device: device)
  }

  /// The correction of rows with n columns of their own, without those that are the row's positive
  /// or that its user is known to like.
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
