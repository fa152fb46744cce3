public import CorralData
public import CorralModels
import CorralVectors
public import Foundation
public import Torch

/// Trains a retriever: an iterator over epochs, the loop of which is the caller's.
///
///     var training = try RetrieverTraining(settings, on: split, of: catalogue)
///     while let epoch = try training.next() { print(epoch.loss, epoch.validation) }
///     let model = try training.model()
///
/// Everything random follows from the seed and the number of the step, so that a run that is killed at
/// any moment and resumed from its checkpoint ends with the same bytes as one that never was, on the
/// same machine with the same number of threads.
public struct RetrieverTraining {
  /// Everything that decides what is learned.
  public let settings: RetrieverTrainingSettings
  /// The network that is trained.
  public let retriever: RetrieverNetwork
  /// Its trainable tensors.
  public let parameters: Parameters
  /// The steps of an epoch.
  public let stepsPerEpoch: Int

  let catalogue: Catalogue
  let split: Split
  let examples: ExampleSource
  let validation: Validation?
  let checkpoint: Checkpoint?
  var optimiser: Optimizer
  var negatives: TrainingNegatives
  var state = RunState()
  /// The parameters of the best epoch so far.
  var best: [String: StoredTensor] = [:]
  private var wasStopped = false

  /// A run over the training part of a split, at its start or where a checkpoint left off.
  ///
  /// Without a checkpoint file the run is kept in memory only. Throws `TrainingError` and
  /// `ModelsError` for what cannot be trained or resumed, `TorchError` for a device that is not
  /// there, `EvaluationError` for a metric.
  public init(
    _ settings: RetrieverTrainingSettings, on split: Split, of catalogue: Catalogue,
    checkpoint file: URL? = nil, from start: Start = .scratch
  ) throws {
    try settings.validate()
    if settings.train.threads > 0 { Torch.threads = settings.train.threads }
    self.settings = settings
    self.split = split
    self.catalogue = catalogue
    examples = ExampleSource(settings, of: split, catalogue)
    guard examples.count > 0 else { throw TrainingError.noExamples(rule: split.rule) }
    stepsPerEpoch = max(1, examples.count / settings.train.batch)
    validation = try Validation(settings, of: split)
    let parameters = Parameters(
      seed: settings.train.seed, device: try Device(named: settings.train.device))
    retriever = try parameters.build {
      try RetrieverNetwork(settings.retriever, for: catalogue, in: $0)
    }
    self.parameters = parameters
    let counts = split.itemCounts()
    optimiser = Optimizer(
      settings.train.rule, rate: settings.train.rate,
      clipping: settings.train.clip > 0 ? .norm(settings.train.clip) : .off, of: parameters)
    negatives = try TrainingNegatives(settings.negatives, settings.correction, counts: counts)
    checkpoint = try file.map { Checkpoint(file: $0, settings: try FlatSettings(settings), split) }
    if settings.negatives.leavesUnseenItems { parameters.forget(itemsWithout: counts) }
    if start == .checkpoint { try resume() }
  }

  /// Where a run begins.
  public enum Start: Sendable {
    /// At fresh parameters, whatever the checkpoint file holds.
    case scratch
    /// Where the checkpoint left off; at fresh parameters when there is no such file.
    case checkpoint
  }

  /// Trains and validates one epoch, or what is left of it; `nil` when the run is over or was stopped.
  ///
  /// - Parameters:
  ///   - progress: is told where the run stands, after each step.
  ///   - shouldStop: is asked after each step; when it says yes, the run is saved and stops.
  /// - Returns: what the epoch did.
  /// - Throws: `TrainingError` when a loss is not a number; the last checkpoint is then as it was.
  public mutating func next(
    progress: (StepProgress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> EpochReport? {
    guard !isFinished else { return nil }
    wasStopped = false
    let order = examples.order(seed: settings.train.seed, epoch: state.epoch)
    while state.step < stepsPerEpoch {
      let start = ContinuousClock.now
      let first = state.step * settings.train.batch
      let batch = examples.batch(
        first..<min(first + settings.train.batch, examples.count), of: order)
      let loss = try step(on: batch)
      state.add(loss: loss, examples: batch.count, seconds: (ContinuousClock.now - start).inSeconds)
      progress(stepProgress(loss: loss))
      if shouldStop() {
        wasStopped = true
        try save()
        return nil
      }
      let every = settings.train.checkpointEvery
      if every > 0, state.step % every == 0 { try save() }
    }
    let report = try endEpoch()
    try save()
    return report
  }

  /// The loss of one step: columns, scores, loss, gradients, update.
  private mutating func step(on batch: TrainingBatch) throws -> Double {
    let seed = settings.train.seed
    var generator = SeededGenerator(seed: seed, stream: UInt64(state.totalSteps))
    let phase = Phase.training(seed: generator.next())
    var batch = batch
    batch.queries = batch.queries.withholding(settings.train.withheldUsers, using: &generator)
    let columns = negatives.columns(targets: batch.targets, using: &generator)
    let items = retriever.items(columns.items, phase)
    let targets = items.indexSelect(0, Tensor(columns.targets, device: retriever.device))
    let logits = Logits(
      retriever.queries(batch, toward: targets, phase), items, columns, scale: retriever.scale,
      temperature: settings.loss.temperature,
      crossing: retriever.isInnerProduct ? nil : retriever.scores)
    let loss =
      (settings.loss.rows(ofDivided: logits) * Tensor(batch.weights, device: retriever.device))
      .mean()
    let value = Double(loss.item())
    guard value.isFinite else {
      throw TrainingError.lossNotFinite(
        value.isNaN ? "nan" : "\(value)", epoch: state.epoch + 1, step: state.step + 1)
    }
    loss.backward()
    optimiser.rate = settings.train.rate(
      atStep: state.totalSteps, of: settings.train.epochs * stepsPerEpoch)
    optimiser.step()
    return value
  }
}

extension RetrieverTraining {
  /// What ended a run, or has not.
  public enum Outcome: Sendable, Equatable {
    /// There are epochs left.
    case running
    /// All epochs are done.
    case finished
    /// The watched metric has not become better for as many validations as `train.patience` says.
    case stoppedEarly
    /// The caller asked to stop; the checkpoint goes on from here.
    case interrupted
  }

  /// What ended the run, or has not.
  public var outcome: Outcome {
    if wasStopped { return .interrupted }
    if state.epoch >= settings.train.epochs { return .finished }
    return isOutOfPatience ? .stoppedEarly : .running
  }

  /// What the epochs so far reported; of a resumed run, those before it was killed too.
  public var history: [EpochReport] { state.history }

  /// Where the columns of batches come from, with the frequency estimator as it stands.
  public var negativesInUse: TrainingNegatives { negatives }

  private var isFinished: Bool { state.epoch >= settings.train.epochs || isOutOfPatience }

  private var isOutOfPatience: Bool {
    settings.train.patience > 0 && state.validationsWithoutBest >= settings.train.patience
  }
}
