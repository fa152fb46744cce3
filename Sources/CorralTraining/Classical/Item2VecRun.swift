public import CorralBaselines
public import CorralData
public import Foundation

/// Trains item2vec pass by pass: `Item2VecTraining` with reports and a checkpoint.
///
/// On one thread a run that is stopped and resumed ends with the same bytes as one that never was. It
/// is saved when it is stopped, not after each pass.
public struct Item2VecRun: Training {
  private var training: Item2VecTraining
  private var run: ClassicalRun
  private let threads: Int

  /// A run over the training part of a split, at its start or where a checkpoint left off.
  ///
  /// - Parameters:
  ///   - settings: the model and its training.
  ///   - split: the training interactions.
  ///   - threads: more than one are faster, but not reproducible.
  ///   - file: the checkpoint; without one the run is kept in memory only.
  ///   - start: where the run begins.
  /// - Throws: `BaselineError` for settings that cannot work, and `TrainingError` for a checkpoint that
  ///   cannot be read or belongs to a run with other data or settings.
  public init(
    _ settings: Item2VecSettings, on split: Split, threads: Int = 1, checkpoint file: URL? = nil,
    from start: TrainingStart = .scratch
  ) throws {
    try settings.validate()
    training = Item2VecTraining(split, settings: settings)
    self.threads = max(1, threads)
    run = ClassicalRun(
      epochs: settings.epochs,
      checkpoint: try file.map {
        try ClassicalCheckpoint($0, settings: settings, ["seed": settings.seed], split)
      })
    // The learning rate falls to the last pass, so that the number of passes is no free setting.
    if start == .checkpoint,
      let model = try run.resume(
        except: [],
        {
          let model = try Item2Vec($0, settings: settings)
          try TrainingError.checkRows(of: $0, "items", model.inputs, split.itemCount)
          return model
        })
    {
      training.resume(from: model, epochsDone: run.history.count)
    }
  }

  /// An epoch is a pass, and one step.
  public var shape: TrainingShape {
    TrainingShape(unit: .pass, stepsPerEpoch: 1, parameterCount: training.parameterCount)
  }

  /// The reports of the passes so far; their losses are not computed, and `nan`.
  public var history: [EpochReport] { run.history }

  /// What ended the run, or that it is still running.
  public var outcome: TrainingOutcome { run.outcome }

  /// Does the next pass; when asked to stop before it, saves the run instead.
  public mutating func next(
    progress: (StepProgress) -> Void, shouldStop: () -> Bool
  ) throws -> EpochReport? {
    guard !run.isFinished else { return nil }
    if shouldStop() {
      try run.stop(saving: training.model.tensors)
      return nil
    }
    return training.next(threads: threads).map {
      run.report(seconds: $0.seconds, examples: $0.words, progress)
    }
  }

  /// The model as it stands.
  public func model() -> Item2Vec { training.model }
}
