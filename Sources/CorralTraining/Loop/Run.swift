import CorralModels
import Foundation
import Torch

/// What every training has, whatever it trains: what it updates, where it stands, when it ends, and
/// where it is saved.
struct Run {
  let train: TrainingSettings
  /// The trainable tensors.
  let parameters: Parameters
  /// The training examples of an epoch.
  let exampleCount: Int
  let checkpoint: Checkpoint?
  var state = RunState()
  /// The parameters of the best epoch so far.
  var best: [String: StoredTensor] = [:]
  var wasStopped = false
  var optimiser: Optimizer

  /// A run at its start; `share` says what the rate of the parameter of a name is multiplied by.
  init(
    _ train: TrainingSettings, of parameters: Parameters, examples: Int, checkpoint: Checkpoint?,
    share: (String) -> Float = { _ in 1 }
  ) {
    self.train = train
    self.parameters = parameters
    exampleCount = examples
    self.checkpoint = checkpoint
    optimiser = Optimizer(
      train.rule, rate: train.rate, clipping: train.clip > 0 ? .norm(train.clip) : .off,
      of: parameters, share: share)
  }

  /// The steps of an epoch.
  var stepsPerEpoch: Int { max(1, exampleCount / train.batch) }

  /// The places in the epoch's order of the examples of the next step.
  var places: Range<Int> {
    let first = state.step * train.batch
    return first..<min(first + train.batch, exampleCount)
  }

  /// Updates the parameters by the gradients of a loss, and returns its value.
  ///
  /// Throws `TrainingError` when it is not a number; nothing has changed then.
  mutating func update(by loss: Tensor) throws -> Double {
    let value = Double(loss.item())
    guard value.isFinite else {
      throw TrainingError.lossNotFinite(
        value.isNaN ? "nan" : "\(value)", epoch: state.epoch + 1, step: state.step + 1)
    }
    loss.backward()
    optimiser.rate = train.rate(atStep: state.totalSteps, of: train.epochs * stepsPerEpoch)
    optimiser.step()
    return value
  }

  /// What ended the run, or has not.
  var outcome: TrainingOutcome {
    if wasStopped { return .interrupted }
    if state.epoch >= train.epochs { return .finished }
    return isOutOfPatience ? .stoppedEarly : .running
  }

  var isFinished: Bool { state.epoch >= train.epochs || isOutOfPatience }

  private var isOutOfPatience: Bool {
    train.patience > 0 && state.validationsWithoutBest >= train.patience
  }

  /// Ends an epoch: reports it, and keeps its parameters when what was measured is the best so far.
  mutating func endEpoch(_ measured: (values: [String: Double], seconds: Double)?) -> EpochReport {
    let epoch = state.epoch + 1
    var report = EpochReport(
      epoch: epoch, step: state.totalSteps, loss: state.meanLoss, examples: state.examples,
      seconds: state.seconds)
    if let measured {
      (report.validation, report.validationSeconds) = measured
      let value = measured.values[train.metric] ?? 0
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
    report.proposals = state.proposals
    state.add(report)
    return report
  }

  /// Whether the epoch that ends now is to be validated.
  var isValidationDue: Bool {
    (state.epoch + 1) % train.evaluateEvery == 0 || state.epoch + 1 == train.epochs
  }

  /// Where the run stands after a step.
  func progress(loss: Double) -> StepProgress {
    let done = state.seconds > 0 ? Double(state.step) / state.seconds : 0
    let left = (train.epochs - state.epoch) * stepsPerEpoch - state.step
    return StepProgress(
      epoch: state.epoch + 1, epochs: train.epochs, step: state.step, steps: stepsPerEpoch,
      loss: loss, meanLoss: state.meanLoss,
      examplesPerSecond: state.seconds > 0 ? Double(state.examples) / state.seconds : 0,
      secondsLeft: done > 0 ? Double(left) / done : 0)
  }
}
