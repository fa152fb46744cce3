import CorralSampling
import Foundation
import Torch

extension Run {
  /// Saves the run, where it has a file; throws before that when a parameter is not a number.
  func save(
    _ estimator: FrequencyEstimator.State? = nil, _ proposal: ProposalInUse? = nil
  ) throws {
    guard let checkpoint else { return }
    try checkParameters()
    try checkpoint.write(
      Checkpoint.Content(
        state: state, parameters: parameters.stored(), best: best, optimiser: optimiser.state(),
        estimator: estimator), with: proposal)
  }

  /// Throws `TrainingError.parameterNotFinite` for the first parameter that holds what is no number.
  func checkParameters() throws {
    for parameter in parameters.all where !parameter.tensor.isFinite {
      throw TrainingError.parameterNotFinite(
        parameter.name, epoch: state.epoch + 1, step: state.step)
    }
  }

  /// Goes on where the checkpoint left off, where there is one.
  ///
  /// - Parameter restore: takes what else was saved.
  /// - Throws: `TrainingError` for a checkpoint that is damaged or belongs to another run.
  mutating func resume(
    _ restore: (Checkpoint.Content) throws -> Void = { _ in }
  ) throws {
    guard let checkpoint, let content = try checkpoint.read() else { return }
    do {
      try parameters.restore(content.parameters)
      try optimiser.restore(content.optimiser)
      try restore(content)
    } catch {
      throw TrainingError.damagedCheckpoint(path: checkpoint.file.path, reason: "\(error)")
    }
    state = content.state
    best = content.best
  }
}
