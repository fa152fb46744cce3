import CorralModels
import CorralSampling
import Foundation
import Torch

/// What all trainings by gradient hold: the parameters and their optimiser, where the run stands, when
/// it ends, and where it is saved.
struct TrainingState {
  let train: TrainingSettings
  /// The name of the block that holds `train` in a settings file, with a dot; empty for none.
  let block: String
  /// The trainable tensors.
  let parameters: Parameters
  /// The training examples of an epoch.
  let exampleCount: Int
  let checkpoint: Checkpoint?
  var counters = TrainingCounters()
  /// The parameters of the best epoch so far.
  var best: [String: StoredTensor] = [:]
  var wasStopped = false
  var optimiser: Optimizer

  /// A run at its start; `share` maps a parameter's name to a multiplier of its learning rate.
  init(
    _ train: TrainingSettings, block: String? = nil, of parameters: Parameters, examples: Int,
    checkpoint: Checkpoint?,
    share: (String) -> Float = { _ in 1 }
  ) {
    self.train = train
    self.block = block.map { $0 + "." } ?? ""
    self.parameters = parameters
    exampleCount = examples
    self.checkpoint = checkpoint
    optimiser = Optimizer(
      train.rule, rate: train.rate, clipping: train.clip > 0 ? .norm(train.clip) : .off,
      of: parameters, share: share)
  }

  /// How large the training is.
  var shape: TrainingShape {
    TrainingShape(unit: .epoch, stepsPerEpoch: stepsPerEpoch, parameterCount: parameters.count)
  }

  /// The steps of an epoch.
  var stepsPerEpoch: Int { max(1, exampleCount / train.batch) }

  /// Where the examples of the next step stand in the epoch's order.
  var places: Range<Int> {
    let first = counters.step * train.batch
    return first..<min(first + train.batch, exampleCount)
  }

  /// Updates the parameters by the gradients of a loss, and returns the loss.
  ///
  /// Throws `TrainingError` if the loss is not a finite number; nothing has changed then.
  mutating func update(by loss: Tensor) throws -> Double {
    let value = Double(loss.item())
    guard value.isFinite else {
      throw TrainingError.lossNotFinite(
        value.isNaN ? "nan" : "\(value)", block: block, epoch: counters.epoch + 1,
        step: counters.step + 1)
    }
    loss.backward()
    optimiser.rate = train.rate(atStep: counters.totalSteps, of: train.epochs * stepsPerEpoch)
    optimiser.step()
    return value
  }

  /// What ended the run, or that it is still running.
  var outcome: TrainingOutcome {
    if wasStopped { return .interrupted }
    if counters.epoch >= train.epochs { return .finished }
    return isOutOfPatience ? .stoppedEarly : .running
  }

  var isFinished: Bool { counters.epoch >= train.epochs || isOutOfPatience }

  private var isOutOfPatience: Bool {
    train.patience > 0 && counters.validationsWithoutBest >= train.patience
  }

  /// Ends an epoch: reports it, and keeps its parameters if its validation is the best so far.
  mutating func endEpoch(_ measured: (values: [String: Double], seconds: Double)?) -> EpochReport {
    let epoch = counters.epoch + 1
    var report = EpochReport(
      epoch: epoch, step: counters.totalSteps, loss: counters.meanLoss, examples: counters.examples,
      seconds: counters.seconds)
    if let measured {
      (report.validation, report.validationSeconds) = measured
      let value = measured.values[train.metric] ?? 0
      report.isBest = counters.bestEpoch == 0 || value > counters.bestValue
      if report.isBest {
        (counters.bestEpoch, counters.bestValue) = (epoch, value)
        counters.validationsWithoutBest = 0
        best = parameters.stored()
      } else {
        counters.validationsWithoutBest += 1
      }
    }
    report.bestEpoch = counters.bestEpoch
    report.bestValue = counters.bestValue
    report.peakMemory = ProcessMemory.peak
    report.proposals = counters.proposals
    counters.add(report)
    return report
  }

  /// Whether to validate the epoch that ends now.
  var isValidationDue: Bool {
    (counters.epoch + 1) % train.evaluateEvery == 0 || counters.epoch + 1 == train.epochs
  }

  /// Where the run stands after a step.
  func progress(loss: Double) -> StepProgress {
    let done = counters.seconds > 0 ? Double(counters.step) / counters.seconds : 0
    let left = (train.epochs - counters.epoch) * stepsPerEpoch - counters.step
    return StepProgress(
      epoch: counters.epoch + 1, epochs: train.epochs, step: counters.step, steps: stepsPerEpoch,
      loss: loss, meanLoss: counters.meanLoss,
      examplesPerSecond: counters.seconds > 0 ? Double(counters.examples) / counters.seconds : 0,
      secondsLeft: done > 0 ? Double(left) / done : 0)
  }
}

extension TrainingState {
  /// Saves the run if it has a file; throws before that if a parameter is not a number.
  func save(
    _ estimator: FrequencyEstimator.State? = nil, _ proposal: ProposalDraws.InUse? = nil
  ) throws {
    guard let checkpoint else { return }
    try checkParameters()
    try checkpoint.write(
      Checkpoint.Content(
        state: counters, parameters: parameters.stored(), best: best, optimiser: optimiser.state(),
        estimator: estimator), with: proposal)
  }

  /// Throws `TrainingError.parameterNotFinite` for the first parameter with an element that is not finite.
  func checkParameters() throws {
    for parameter in parameters.all where !parameter.tensor.isFinite {
      throw TrainingError.parameterNotFinite(
        parameter.name, block: block, epoch: counters.epoch + 1, step: counters.step)
    }
  }

  /// Goes on where the checkpoint left off, if there is one.
  ///
  /// - Parameter restore: restores the estimator and the proposal.
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
    counters = content.state
    best = content.best
  }
}
