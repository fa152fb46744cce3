/// A training that goes epoch by epoch, whose loop is the caller's.
///
///     while let epoch = try training.next() { print(epoch.loss, epoch.validation) }
///     let model = try training.model()
///
/// Retrievers, rankers, pairs of both, implicit ALS and item2vec train this way.
public protocol Training {
  /// What training makes.
  associatedtype Model

  /// The reports of the epochs so far; after resuming, those before the interruption too.
  var history: [EpochReport] { get }

  /// What ended the run, or that it is still running.
  var outcome: TrainingOutcome { get }

  /// How large the training is.
  var shape: TrainingShape { get }

  /// Trains and validates one epoch, or what is left of it; `nil` when the run is over or was stopped.
  ///
  /// - Parameters:
  ///   - progress: called after each step with where the run stands.
  ///   - shouldStop: called after each step; if it returns true, the run is saved and stops.
  /// - Returns: the report of the epoch.
  /// - Throws: an error of the training, such as `TrainingError` when a loss is not a number; the last
  ///   checkpoint is then as it was.
  mutating func next(
    progress: (StepProgress) -> Void, shouldStop: () -> Bool
  ) throws -> EpochReport?

  /// The model to serve: that of the best epoch, or of the last step when nothing was validated.
  func model() throws -> Model
}

extension Training {
  /// Trains one epoch to its end.
  public mutating func next() throws -> EpochReport? {
    try next(progress: { _ in }, shouldStop: { false })
  }

  /// Trains one epoch to its end, and calls `progress` after each step.
  public mutating func next(progress: (StepProgress) -> Void) throws -> EpochReport? {
    try next(progress: progress, shouldStop: { false })
  }

  /// Trains one epoch, and stops after a step if `shouldStop` returns true.
  public mutating func next(shouldStop: () -> Bool) throws -> EpochReport? {
    try next(progress: { _ in }, shouldStop: shouldStop)
  }
}

/// How large a training is, and what its epochs are called.
public struct TrainingShape: Sendable {
  /// What an epoch is called.
  package let unit: EpochUnit
  /// The steps of an epoch; `progress` is called after each.
  package let stepsPerEpoch: Int
  /// The number of trained parameters, each element counted.
  package let parameterCount: Int
}

extension Training {
  /// What an epoch is called.
  package var unit: EpochUnit { shape.unit }

  /// The steps of an epoch; `progress` is called after each.
  package var stepsPerEpoch: Int { shape.stepsPerEpoch }

  /// The number of trained parameters, each element counted.
  package var parameterCount: Int { shape.parameterCount }
}

/// What an epoch of a training is called.
package enum EpochUnit: String, Sendable {
  /// A pass over all training examples, in steps.
  case epoch
  /// Of implicit ALS: all users are solved, then all items.
  case sweep
  /// Of item2vec: every sequence is read once.
  case pass

  /// The plural, as `sweeps`.
  package var plural: String { self == .pass ? "passes" : rawValue + "s" }
}

/// Where a run begins.
public enum TrainingStart: Sendable {
  /// At fresh parameters, whatever the checkpoint file holds.
  case scratch
  /// Where the checkpoint left off; at fresh parameters when there is no such file.
  case checkpoint
}

/// What ended a run, or that it is still running.
public enum TrainingOutcome: Sendable, Equatable {
  /// There are epochs left.
  case running
  /// All epochs are done.
  case finished
  /// The watched metric has not improved for as many validations as `train.patience` allows.
  case stoppedEarly
  /// The caller asked to stop; the checkpoint goes on from here.
  case interrupted
}
