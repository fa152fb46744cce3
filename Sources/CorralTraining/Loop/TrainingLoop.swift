import CorralEvaluation
import CorralModels
import CorralVectors
import Foundation
import Torch

/// The loop that every training shares: steps, validation, patience, checkpoints.
///
/// What is trained says how a step's loss is made, how an epoch is measured, and what there is to
/// save besides a run.
protocol TrainingLoop {
  var run: Run { get set }

  /// The loss of the examples at some places of the epoch's order, and how many they are.
  ///
  /// The generator and the phase follow from the seed and the number of the step alone.
  mutating func loss(
    of places: Range<Int>, _ phase: Phase, using generator: inout SeededGenerator
  ) throws -> (loss: Tensor, examples: Int)

  /// The validation metrics by name; `nil` where nothing is held out.
  mutating func measure() throws -> [String: Double]?

  /// Saves the run.
  func save() throws
}

extension TrainingLoop {
  /// Trains and validates one epoch, or what is left of it; `nil` when the run is over or was stopped.
  mutating func advance(
    progress: (StepProgress) -> Void, shouldStop: () -> Bool
  ) throws -> EpochReport? {
    guard !run.isFinished else { return nil }
    run.wasStopped = false
    while run.state.step < run.stepsPerEpoch {
      let start = ContinuousClock.now
      var generator = SeededGenerator(
        seed: run.train.seed, stream: UInt64(run.state.totalSteps))
      let phase = Phase.training(seed: generator.next())
      let (loss, examples) = try loss(of: run.places, phase, using: &generator)
      let value = try run.update(by: loss)
      run.state.add(
        loss: value, examples: examples, seconds: (ContinuousClock.now - start).inSeconds)
      progress(run.progress(loss: value))
      if shouldStop() {
        run.wasStopped = true
        try save()
        return nil
      }
      let every = run.train.checkpointEvery
      if every > 0, run.state.step % every == 0 { try save() }
    }
    let start = ContinuousClock.now
    // A model of what is no number must not be measured: the error would name no parameter.
    if run.isValidationDue { try run.checkParameters() }
    let values = run.isValidationDue ? try validated() : nil
    let report = run.endEpoch(values.map { ($0, (ContinuousClock.now - start).inSeconds) })
    try save()
    return report
  }

  /// What `measure` says; throws `TrainingError.validationNotFinite` where a score is no number.
  private mutating func validated() throws -> [String: Double]? {
    do {
      return try measure()
    } catch EvaluationError.notANumber(let place) {
      throw TrainingError.validationNotFinite(place, epoch: run.state.epoch + 1)
    }
  }
}

/// Where a run begins.
public enum TrainingStart: Sendable {
  /// At fresh parameters, whatever the checkpoint file holds.
  case scratch
  /// Where the checkpoint left off; at fresh parameters when there is no such file.
  case checkpoint
}

/// What ended a run, or has not.
public enum TrainingOutcome: Sendable, Equatable {
  /// There are epochs left.
  case running
  /// All epochs are done.
  case finished
  /// The watched metric has not become better for as many validations as `train.patience` says.
  case stoppedEarly
  /// The caller asked to stop; the checkpoint goes on from here.
  case interrupted
}
