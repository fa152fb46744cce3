package import CorralData
package import CorralSampling

/// The items that a batch's targets are scored against, as columns, and the negatives of each
/// target.
///
/// If a batch shares its columns, each different item is one column, with the number of negatives
/// that it stands for: k equal columns are one column with `log k` added to its score. The loss is
/// that of one column for each example with accidental hits masked, and costs only the different
/// items.
package struct TrainingColumns: Sendable, Equatable {
  /// The items, all different, `[columns]`.
  package let items: [ItemIndex]
  /// The column of each target, `[targets]`.
  package let targets: [Int64]
  /// Which columns are negatives of a target.
  package let negatives: Negatives
  /// log Q of one draw; `nil` without a correction.
  ///
  /// Shared columns have one for each column, `[columns]`. Own columns have one for each target and
  /// then for its n negatives, `[targets * (1 + n)]`, since a proposal may depend on the query.
  package let logQ: [Float]?
  /// The form of the correction.
  package let form: CorrectionSettings.Form

  /// Which columns are negatives of a target.
  package enum Negatives: Sendable, Equatable {
    /// All columns but its own. `counts` is the number of negatives that each column stands for,
    /// `[columns]`; 0 for a column that is only a positive.
    case shared(counts: [Int])
    /// The columns drawn for it alone, `[targets * n]`, the n of a target one after the other.
    ///
    /// `isKnown`, `[targets * n]`, is true for items that the target's user is known to like: they
    /// do not count. It is empty if there are none.
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
  /// Each target with the draws of a proposal.
  ///
  /// A target that the proposal never draws is taken to be as probable as its row's rarest draw.
  ///
  /// - Parameters:
  ///   - targets: the positives, one for each row.
  ///   - draws: the draws of each row, with the logarithms of their probabilities.
  ///   - targetLogQ: the logarithm of each target's probability in one draw.
  ///   - form: the form of the correction.
  ///   - isKnown: whether a draw does not count, since the target's user likes it; empty for none.
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
