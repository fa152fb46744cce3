public import CorralData
public import CorralModels
import CorralSampling
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
public struct RetrieverTraining: TrainingLoop {
  /// Everything that decides what is learned.
  public let settings: RetrieverTrainingSettings
  /// The network that is trained.
  package let retriever: any Retriever

  let catalogue: Catalogue
  let split: Split
  /// The training interactions of each item.
  private let counts: [Int]
  var run: Run
  private let examples: ExampleSource
  private let validation: Validation?
  private var negatives: TrainingNegatives

  /// Where a run begins.
  public typealias Start = TrainingStart
  /// What ended a run, or has not.
  public typealias Outcome = TrainingOutcome

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
    validation = try Validation(settings, of: split)
    let parameters = Parameters(
      seed: settings.train.seed, device: try Device(named: settings.train.device))
    retriever = try parameters.build {
      try settings.retriever.network(for: catalogue, in: $0)
    }
    counts = split.interactedItemCounts()
    negatives = try TrainingNegatives(
      settings.negatives, settings.correctionInUse, counts: counts)
    if settings.negatives.leavesUnseenItems {
      UntrainedItems(counts: counts, features: catalogue.items).forget(in: parameters)
    }
    run = Run(
      settings.train, of: parameters, examples: examples.count,
      checkpoint: try file.map {
        Checkpoint(file: $0, settings: try FlatSettings(settings), split)
      })
    if start == .checkpoint {
      var correction = negatives.correction
      try run.resume { correction = try correction.restored($0, as: settings.correction) }
      negatives.correction = correction
    }
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
    try advance(progress: progress, shouldStop: shouldStop)
  }

  /// The retriever to serve: that of the best epoch, or of the last step when nothing was validated.
  ///
  /// Throws what making a `FrozenRetriever` throws.
  public func model() throws -> FrozenRetriever {
    try frozen(run.best.isEmpty ? parameters.stored() : run.best)
  }

  /// The loss of one step: columns, scores, loss.
  mutating func loss(
    of places: Range<Int>, _ phase: Phase, using generator: inout SeededGenerator
  ) throws -> (loss: Tensor, examples: Int) {
    var batch = examples.batch(
      places, of: examples.order(seed: settings.train.seed, epoch: run.state.epoch))
    batch.queries = batch.queries.withholding(settings.train.withheldUsers, using: &generator)
    let columns = negatives.columns(targets: batch.targets, using: &generator)
    let items = retriever.items(columns.items, phase)
    let queries = retriever.queries(
      batch, toward: items.indexSelect(0, Tensor(columns.targets, device: retriever.device)), phase)
    let logits = Logits(
      queries, items, columns, scale: retriever.scale, temperature: settings.loss.temperature,
      crossing: retriever.isInnerProduct ? nil : retriever.scores)
    let loss = settings.loss.mean(
      ofDivided: logits, weights: Tensor(batch.weights, device: retriever.device),
      itemCount: split.interactedItemCount)
    return (loss, batch.count)
  }

  /// The metrics of the parameters as they are.
  func measure() throws -> [String: Double]? {
    try validation?.measure(frozen(parameters.stored()))
  }

  /// Saves the run with the estimator of frequencies.
  func save() throws { try run.save(negatives.correction.estimator?.state) }

  private func frozen(_ stored: [String: StoredTensor]) throws -> FrozenRetriever {
    try settings.frozen(stored, of: parameters, for: catalogue, counts: counts)
  }
}

extension RetrieverTraining {
  /// Its trainable tensors.
  public var parameters: Parameters { run.parameters }

  /// The steps of an epoch.
  public var stepsPerEpoch: Int { run.stepsPerEpoch }

  /// What ended the run, or has not.
  public var outcome: Outcome { run.outcome }

  /// What the epochs so far reported; of a resumed run, those before it was killed too.
  public var history: [EpochReport] { run.state.history }

  /// Where the columns of batches come from, with the frequency estimator as it stands.
  package var negativesInUse: TrainingNegatives { negatives }
}
