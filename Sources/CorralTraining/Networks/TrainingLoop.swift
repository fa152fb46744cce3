import CorralEvaluation
import CorralModels
import CorralVectors
import Foundation
import Torch

/// The loop that all trainings by gradient share: steps, validation, patience, checkpoints.
///
/// Each training says how to compute the loss of a step, how to measure an epoch, and what to save.
protocol TrainingLoop {
  var state: TrainingState { get set }

  /// The loss of the examples at some places of the epoch's order, and the number of those examples.
  ///
  /// The generator and the phase follow from the seed and the number of the step alone.
  mutating func loss(
    of places: Range<Int>, _ phase: Phase, using generator: inout SeededGenerator
  ) throws -> (loss: Tensor, examples: Int)

  /// The validation metrics by name; `nil` if nothing is held out.
  mutating func measure() throws -> [String: Double]?

  /// Saves the run.
  func save() throws
}

extension TrainingLoop {
  /// Trains and validates one epoch, or what is left of it; `nil` when the run is over or was stopped.
  mutating func advance(
    progress: (StepProgress) -> Void, shouldStop: () -> Bool
  ) throws -> EpochReport? {
    guard !state.isFinished else { return nil }
    state.wasStopped = false
    while state.counters.step < state.stepsPerEpoch {
      let start = ContinuousClock.now
      var generator = SeededGenerator(
        seed: state.train.seed, stream: UInt64(state.counters.totalSteps))
      let phase = Phase.training(seed: generator.next())
      let (loss, examples) = try loss(of: state.places, phase, using: &generator)
      let value = try state.update(by: loss)
      state.counters.add(
        loss: value, examples: examples, seconds: (ContinuousClock.now - start).inSeconds)
      progress(state.progress(loss: value))
      if shouldStop() {
        state.wasStopped = true
        try save()
        return nil
      }
      let every = state.train.checkpointEvery
      if every > 0, state.counters.step % every == 0 { try save() }
    }
    let start = ContinuousClock.now
    // Parameters are checked before validation, whose error could not name the bad one.
    if state.isValidationDue { try state.checkParameters() }
    let values = state.isValidationDue ? try validated() : nil
    let report = state.endEpoch(values.map { ($0, (ContinuousClock.now - start).inSeconds) })
    try save()
    return report
  }

  /// The result of `measure`; throws `TrainingError.validationNotFinite` if a score is not a number.
  private mutating func validated() throws -> [String: Double]? {
    do {
      return try measure()
    } catch EvaluationError.notANumber(let place) {
      throw TrainingError.validationNotFinite(
        place, block: state.block, epoch: state.counters.epoch + 1)
    }
  }
}
