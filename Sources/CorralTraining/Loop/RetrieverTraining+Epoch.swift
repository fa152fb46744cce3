import CorralData
public import CorralModels
import CorralSampling
import Torch

extension RetrieverTraining {
  /// The retriever to serve: that of the best epoch, or of the last step when nothing was validated.
  ///
  /// Throws what making a `FrozenModel` throws.
  public func model() throws -> FrozenModel {
    try frozen(best.isEmpty ? parameters.stored() : best)
  }

  /// Validates where it is due, and reports.
  mutating func endEpoch() throws -> EpochReport {
    let epoch = state.epoch + 1
    var report = EpochReport(
      epoch: epoch, step: state.totalSteps, loss: state.meanLoss, examples: state.examples,
      seconds: state.seconds)
    let isDue = epoch % settings.train.evaluateEvery == 0 || epoch == settings.train.epochs
    if let validation, isDue {
      let start = ContinuousClock.now
      report.validation = try validation.measure(frozen(parameters.stored()))
      report.validationSeconds = (ContinuousClock.now - start).inSeconds
      let value = report.validation[settings.train.metric] ?? 0
      report.isBest = state.bestEpoch == 0 || value > state.bestValue
      if report.isBest {
        (state.bestEpoch, state.bestValue) = (epoch, value)
        state.validationsWithoutBest = 0
        best = parameters.stored()
      } else {
        state.validationsWithoutBest += 1
      }
    }
    report.bestEpoch = state.bestEpoch
    report.bestValue = state.bestValue
    report.peakMemory = ProcessMemory.peak
    state.add(report)
    return report
  }

  /// Where the run stands after a step.
  func stepProgress(loss: Double) -> StepProgress {
    let done = state.seconds > 0 ? Double(state.step) / state.seconds : 0
    let left = (settings.train.epochs - state.epoch) * stepsPerEpoch - state.step
    return StepProgress(
      epoch: state.epoch + 1, epochs: settings.train.epochs, step: state.step, steps: stepsPerEpoch,
      loss: loss, meanLoss: state.meanLoss,
      examplesPerSecond: state.seconds > 0 ? Double(state.examples) / state.seconds : 0,
      secondsLeft: done > 0 ? Double(left) / done : 0)
  }

  private func frozen(_ stored: [String: StoredTensor]) throws -> FrozenModel {
    let scale = stored["scale.log"].map { $0.values[0] } ?? 0
    let temperature = settings.loss.temperature * scale.inverseExponential
    return try FrozenModel(
      settings.retriever, for: catalogue, stored: stored,
      prior: settings.correction.serving == .plain
        ? nil : ServingPrior(counts: split.itemCounts(), temperature: temperature))
  }
}
