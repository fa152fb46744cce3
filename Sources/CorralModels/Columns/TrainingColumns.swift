package import CorralData
package import CorralSampling

/// The columns of a batch's logits: different items, and whose negatives each of them is.
///
/// Columns that the whole batch shares hold each different item once, with the number of negatives that
/// it stands for. The loss is the same as with one column per example and accidental hits masked, since
/// k equal columns are one with `log k` added, but only the different items are scored.
package struct TrainingColumns: Sendable, Equatable {
  /// The items, all different, `[columns]`.
  package let items: [ItemIndex]
  /// The column of each target, `[targets]`.
  package let targets: [Int64]
  /// Which columns are negatives of a target.
  package let negatives: Negatives
  /// log Q in one draw; `nil` if nothing is corrected.
  ///
  /// For shared columns, one number per column, `[columns]`. For own columns, the number of each target
  /// and then those of its n negatives, `[targets * (1 + n)]`.
  package let logQ: [Float]?
  /// The form of the correction.
  package let form: CorrectionSettings.Form

  /// Which columns are negatives of a target.
  package enum Negatives: Sendable, Equatable {
    /// All columns but its own: how many negatives each stands for, `[columns]`; 0 for a column that is
    /// only a positive.
    case shared(counts: [Int])
    /// The columns drawn for it alone, `[targets * n]`, the n of a target one after the other.
    ///
    /// `isKnown` marks those that the target's user is known to like, `[targets * n]`; they are not used as
    /// negatives. It is empty if there are none.
    case own(columns: [Int64], isKnown: [Bool] = [])
  }

  /// Columns in their final order.
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
  /// For the `yi` form, a target that the proposal never draws gets the probability of its row's least
  /// probable draw. The other forms ask how often a draw hits the target, which is then never.
  ///
  /// - Parameters:
  ///   - targets: the positives, one for each row.
  ///   - draws: the draws of each row, with the logarithms of their probabilities.
  ///   - targetLogQ: the logarithm of each target's probability in one draw.
  ///   - form: the form of the correction; `nil` corrects nothing.
  ///   - isKnown: which draws the target's user likes, so that they are not used as negatives; empty for
  ///     none.
  package init(
    targets: [ItemIndex], _ draws: CorralSampling.Negatives, targetLogQ: [Float],
    form: CorrectionSettings.Form?, isKnown: [Bool] = []
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
      let ofUndrawn = form == .yi ? ofDraws.min() ?? 0 : Self.never
      logQ.append(ofTarget > -.infinity ? ofTarget : ofUndrawn)
      logQ += ofDraws
    }
    self.init(
      items: distinct.items, targets: Array(distinct.positions.prefix(targets.count)),
      negatives: .own(
        columns: Array(distinct.positions.dropFirst(targets.count)), isKnown: isKnown),
      logQ: form == nil ? nil : logQ, form: form ?? .yi)
  }

  /// The logarithm of a probability that is 0 for every purpose, and still a number.
  private static var never: Float { -1000 }
}
