import CorralModels
import CorralSampling
import Foundation
import Torch

extension RetrieverTraining {
  /// Saves the run, where it has a file; throws before that when a parameter is not a number.
  func save() throws {
    guard let checkpoint else { return }
    for parameter in parameters.all where !parameter.tensor.isFinite {
      throw TrainingError.parameterNotFinite(
        parameter.name, epoch: state.epoch + 1, step: state.step)
    }
    try checkpoint.write(
      Checkpoint.Content(
        state: state, parameters: parameters.stored(), best: best, optimiser: optimiser.state(),
        estimator: negatives.correction.estimator?.state))
  }

  /// Goes on where the checkpoint left off, where there is one.
  mutating func resume() throws {
    guard let checkpoint, let content = try checkpoint.read() else { return }
    do {
      try parameters.restore(content.parameters)
      try optimiser.restore(content.optimiser)
      if let saved = content.estimator {
        let correction = negatives.correction
        negatives.correction = Correction(
          form: correction.form, itemCount: correction.itemCount,
          source: .streaming(
            try FrequencyEstimator(settings.correction.estimator, restoring: saved)))
      }
    } catch {
      throw TrainingError.damagedCheckpoint(path: checkpoint.file.path, reason: "\(error)")
    }
    state = content.state
    best = content.best
  }
}
