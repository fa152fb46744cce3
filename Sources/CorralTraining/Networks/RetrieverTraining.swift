public import CorralData
public import CorralModels
package import CorralSampling
import CorralVectors
public import Foundation
package import Torch

/// Trains a retriever epoch by epoch; the caller writes the loop.
///
///     var training = try RetrieverTraining(settings, on: split, of: catalogue)
///     while let epoch = try training.next() { print(epoch.loss, epoch.validation) }
///     let model = try training.model()
///
/// All randomness follows from the seed and the number of the step. A run that is killed at any moment
/// and resumed from its checkpoint therefore ends with the same bytes as an uninterrupted one, on the
/// same machine with the same number of threads.
public struct RetrieverTraining: Training, TrainingLoop {
  /// What is trained, and how.
  package let settings: RetrieverTrainingSettings
  /// The network that is trained.
  package let retriever: any Retriever

  let catalogue: Catalogue
  let split: Split
  /// The number of training interactions of each item.
  private let counts: [Int]
  var state: TrainingState
  private let examples: ExampleSource
  private let validation: RetrieverValidation?
  private var columns: ColumnSource
  /// How probable in-batch columns are, with the estimator of frequencies if there is one.
  private var probabilities: ColumnProbabilities

  /// Where the columns of a batch come from.
  private enum ColumnSource {
    /// The batch, the catalogue, or draws that do not follow the retriever.
    case fixed(TrainingNegatives)
    /// Draws in the clusters of a fixed partition.
    case clustered(ClusterNegatives)
    /// Draws of a proposal that follows the retriever.
    case following(ProposalDraws)
  }

  /// A run over the training part of a split, at its start or where a checkpoint left off.
  ///
  /// Without a checkpoint file the run is kept in memory only. Throws `SettingError`, `TrainingError`
  /// and `ModelsError` if it cannot be trained or resumed, `TorchError` for a missing device,
  /// `EvaluationError` for an unknown metric.
  public init(
    _ settings: RetrieverTrainingSettings, on split: Split, of catalogue: Catalogue,
    checkpoint file: URL? = nil, from start: TrainingStart = .scratch
  ) throws {
    try self.init(
      settings, on: split, of: catalogue, partition: nil, checkpoint: file, from: start)
  }

  /// A run over clusters of the catalogue's items, at its start or where a checkpoint left off.
  ///
  /// Negatives of kind `in-cluster` are drawn in them, a retriever with tasks is told them, and
  /// validation ranks each target within its own unless the retriever is trained over the whole catalogue.
  /// Throws as without clusters.
  package init(
    _ settings: RetrieverTrainingSettings, on split: Split, of catalogue: Catalogue,
    partition: Partition?, checkpoint file: URL? = nil, from start: TrainingStart = .scratch
  ) throws {
    try settings.validate(over: partition, catalogue.tasks)
    if settings.train.threads > 0 { Torch.threads = settings.train.threads }
    self.settings = settings
    self.split = split
    self.catalogue = catalogue
    examples = ExampleSource(settings, of: split, catalogue, partition: partition)
    guard examples.count > 0 else { throw TrainingError.noExamples(rule: split.rule) }
    validation = try RetrieverValidation(
      settings, of: split,
      within: settings.learnsWithinClusters(catalogue.tasks) ? partition : nil)
    let parameters = Parameters(
      seed: settings.train.seed, device: try Device(named: settings.train.device))
    retriever = try parameters.build {
      try settings.retriever.network(for: catalogue, in: $0)
    }
    counts = split.interactedItemCounts()
    let known = settings.negatives.known == .masked ? KnownItems(split) : nil
    let correction = settings.correctionInUse
    let form = correction.estimate == .none ? nil : correction.form
    if settings.negatives.kind.followsItems {
      columns = .following(
        ProposalDraws(
          settings: settings.negatives.proposal, refreshEvery: settings.negatives.refreshEvery,
          form: form, temperature: settings.loss.temperature, seed: settings.train.seed,
          split: split, counts: counts, known: known))
    } else if settings.negatives.kind == .inCluster, let partition {
      // Items without an interaction are nobody's negatives.
      columns = .clustered(
        try ClusterNegatives(
          settings.negatives, partition.prefix(counts.count), known: known, form: form))
    } else {
      columns = .fixed(try TrainingNegatives(settings.negatives, counts: counts, known: known))
    }
    probabilities = ColumnProbabilities(correction, counts: counts)
    if settings.negatives.leavesUnseenItems {
      UntrainedItems(counts: counts, features: catalogue.items).forget(in: parameters)
    }
    state = TrainingState(
      settings.train, of: parameters, examples: examples.count,
      checkpoint: try file.map {
        Checkpoint(
          file: $0, settings: try FlatSettings(settings), split,
          clusters: partition?.fingerprint(of: catalogue.tasks))
      })
    if start == .checkpoint { try resume() }
  }

  /// Trains and validates one epoch, or what is left of it, as `Training.next` says.
  public mutating func next(
    progress: (StepProgress) -> Void, shouldStop: () -> Bool
  ) throws -> EpochReport? {
    try advance(progress: progress, shouldStop: shouldStop)
  }

  /// The retriever to serve: that of the best epoch, or of the last step when nothing was validated.
  ///
  /// Throws what making a `FrozenRetriever` throws.
  public func model() throws -> FrozenRetriever {
    try frozen(state.best.isEmpty ? parameters.stored() : state.best)
  }

  /// The loss of one step.
  mutating func loss(
    of places: Range<Int>, _ phase: Phase, using generator: inout SeededGenerator
  ) throws -> (loss: Tensor, examples: Int) {
    var batch = examples.batch(
      places, of: examples.order(seed: settings.train.seed, epoch: state.counters.epoch))
    batch.queries = batch.queries.withholding(settings.train.withheldUsers, using: &generator)
    return (try loss(of: batch, phase, using: &generator), batch.count)
  }

  /// The loss of a batch's targets against its columns.
  private mutating func loss(
    of batch: TrainingBatch, _ phase: Phase, using generator: inout SeededGenerator
  ) throws -> Tensor {
    func mean(_ logits: Logits) -> Tensor {
      settings.loss.mean(
        ofDivided: logits, weights: Tensor(batch.weights, device: retriever.device),
        itemCount: split.interactedItemCount)
    }
    switch columns {
    case .fixed(let negatives):
      let drawn = negatives.columns(
        targets: batch.targets, of: batch.targetUsers, &probabilities, using: &generator)
      return mean(retriever.logits(of: batch, drawn, settings.loss.temperature, phase).logits)
    case .clustered(let negatives):
      let drawn = negatives.columns(
        targets: batch.targets, of: batch.targetUsers, using: &generator)
      return settings.loss.mean(
        ofDivided: retriever.logits(of: batch, drawn, settings.loss.temperature, phase),
        in: drawn, weights: batch.weights, itemCount: split.interactedItemCount)
    case .following(var draws):
      let proposal = try draws.current(for: retriever, &state.counters)
      columns = .following(draws)
      let queries = retriever.queries(
        batch, toward: retriever.items(batch.targets, phase), phase)
      let drawn = try draws.draws(
        from: proposal, for: queries, batch.targets, of: batch.targetUsers, by: retriever,
        state.counters, using: &generator
      ).columns
      return mean(
        retriever.logits(
          queries, drawn, items: retriever.items(drawn.items, phase), settings.loss.temperature))
    }
  }

  /// The metrics of the parameters as they are, after the proposal has caught up with them.
  mutating func measure() throws -> [String: Double]? {
    guard let validation else { return nil }
    if case .following(var draws) = columns {
      try draws.catchUp(with: retriever, &state.counters)
      columns = .following(draws)
    }
    return try validation.measure(frozen(parameters.stored()))
  }

  /// Saves the run with the frequency estimator or the proposal that its columns come from.
  func save() throws {
    switch columns {
    case .fixed: try state.save(probabilities.estimator?.state)
    case .clustered: try state.save()
    case .following(let draws): try state.save(nil, draws.inUse)
    }
  }

  /// Goes on where the checkpoint left off, if there is one.
  private mutating func resume() throws {
    var (columns, probabilities) = (columns, probabilities)
    let (settings, retriever) = (settings, retriever)
    try state.resume { saved in
      switch columns {
      case .fixed:
        probabilities = try probabilities.restored(saved, as: settings.correction)
      case .clustered: break
      case .following(var draws):
        try draws.restore(saved.proposal, for: retriever)
        columns = .following(draws)
      }
    }
    (self.columns, self.probabilities) = (columns, probabilities)
  }

  private func frozen(_ stored: [String: StoredTensor]) throws -> FrozenRetriever {
    try settings.frozen(stored, of: parameters, for: catalogue, counts: counts)
  }
}

extension RetrieverTraining {
  /// An epoch is a pass over all examples.
  public var shape: TrainingShape { state.shape }

  /// The reports of the epochs so far; after resuming, those before the interruption too.
  public var history: [EpochReport] { state.counters.history }

  /// What ended the run, or that it is still running.
  public var outcome: TrainingOutcome { state.outcome }

  /// Whether validation ranks targets among the items of their clusters alone.
  package var validatesWithinClusters: Bool { validation?.isWithinClusters ?? false }

  /// Its trainable tensors.
  package var parameters: Parameters { state.parameters }

  /// The estimator of item frequencies as it stands, to be saved with the model.
  package var estimator: FrequencyEstimator? {
    probabilities.estimator
  }
}
