public import CorralBaselines
public import CorralData
public import Foundation

/// Trains implicit ALS sweep by sweep: `ImplicitALSTraining` with reports and a checkpoint.
///
/// A run that is stopped and resumed ends with the same bytes as one that never was. It is saved when
/// it is stopped, not after each sweep.
public struct ImplicitALSRun: Training {
  private var training: ImplicitALSTraining
  private var run: ClassicalRun
  private let examples: Int

  /// A run over the training part of a split, at its start or where a checkpoint left off.
  ///
  /// Without a checkpoint file the run is kept in memory only. Throws `BaselineError` for settings that
  /// cannot work, and `TrainingError` for a checkpoint that cannot be read or belongs to a run with
  /// other data or settings.
  public init(
    _ settings: ImplicitALSSettings, on split: Split, checkpoint file: URL? = nil,
    from start: TrainingStart = .scratch
  ) throws {
    try settings.validate()
    training = ImplicitALSTraining(split, settings: settings)
    run = ClassicalRun(
      epochs: settings.sweeps,
      checkpoint: try file.map {
        try ClassicalCheckpoint(
          $0, settings: settings, ["dimension": settings.dimension, "seed": settings.seed], split)
      })
    examples = split.training.values.count
    if start == .checkpoint,
      let model = try run.resume(
        except: ["sweeps"],
        {
          let model = try ImplicitALS($0, settings: settings)
          try TrainingError.checkRows(of: $0, "users", model.users, split.userCount)
          try TrainingError.checkRows(of: $0, "items", model.items, split.itemCount)
          return model
        })
    {
      training.resume(from: model, sweepsDone: run.history.count)
    }
  }

  /// An epoch is a sweep, and one step.
  public var shape: TrainingShape {
    TrainingShape(unit: .sweep, stepsPerEpoch: 1, parameterCount: training.parameterCount)
  }

  /// The reports of the sweeps so far; their losses are not computed, and `nan`.
  public var history: [EpochReport] { run.history }

  /// What ended the run, or that it is still running.
  public var outcome: TrainingOutcome { run.outcome }

  /// Does the next sweep; when asked to stop before it, saves the run instead.
  public mutating func next(
    progress: (StepProgress) -> Void, shouldStop: () -> Bool
  ) throws -> EpochReport? {
    guard !run.isFinished else { return nil }
    if shouldStop() {
      try run.stop(saving: training.model.tensors)
      return nil
    }
    return try training.next().map {
      run.report(seconds: $0.seconds, examples: examples, progress)
    }
  }

  /// The model as it stands.
  public func model() -> ImplicitALS { training.model }
}
