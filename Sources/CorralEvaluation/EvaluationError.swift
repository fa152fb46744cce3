public import CorralData

/// An error in the input of an evaluation.
public enum EvaluationError: Error, Equatable {
  /// A text that is not a measure, `@` and a cut-off.
  case unknownMetric(String)
  /// A cut-off beyond the number of items.
  case cutoffBeyondCatalogue(cutoff: Int, items: Int)
  /// No user has a target.
  case nothingHeldOut(HeldOut, rule: String)
  /// The model gave a score, or an element of a vector, that is not a finite number.
  case notANumber(String)
  /// A metric that was not measured, with those that were.
  case notMeasured(Metric, measured: [Metric])
  /// Two evaluations that cannot be compared, with their difference.
  case notComparable(String)
  /// A file that does not hold an evaluation, with the reason.
  case damagedFile(path: String, reason: String)
}

extension EvaluationError: CustomStringConvertible {
  /// What is wrong, where, and what to do about it.
  public var description: String {
    switch self {
    case .unknownMetric(let name):
      "unknown metric '\(name)': write a measure, @ and a whole number from 1, such as ndcg@10; "
        + "the measures are " + Measure.allCases.map(\.rawValue).joined(separator: ", ")
    case .cutoffBeyondCatalogue(let cutoff, let items):
      "cannot measure the first \(cutoff) recommendations, because the catalogue has only "
        + "\(items) items: set evaluate.cutoffs to numbers up to \(items)"
    case .nothingHeldOut(let part, let rule):
      "the \(part.rawValue) part is empty: the split '\(rule)' holds out nothing for any user, "
        + "so there is nothing to measure; use a split that does, or a larger log"
    case .notANumber(let place):
      "the model gave a value that is not a finite number \(place): its training has diverged; "
        + "use an earlier checkpoint or a lower learning rate"
    case .notMeasured(let metric, let measured):
      "\(metric) was not measured: this evaluation has "
        + measured.map(\.description).joined(separator: ", ")
        + "; add it to evaluate.measures and evaluate.cutoffs and evaluate again"
    case .notComparable(let difference):
      "the evaluations cannot be compared: \(difference); "
        + "evaluate both on the same data with the same split, mask and targets"
    case .damagedFile(let path, let reason):
      "\(path) does not hold an evaluation: \(reason); evaluate the model again to replace it"
    }
  }
}
