public import CorralData
public import CorralModels
package import CorralSampling
import CorralVectors
public import Foundation
package import Torch

/// Trains a retriever and a ranker for each other, epoch by epoch; the caller writes the loop.
///
///     var training = try CooperativeTraining(settings, on: split, of: catalogue)
///     while let epoch = try training.next() { print(epoch.loss, epoch.validation) }
///     let (retriever, ranker) = try training.model()
///
/// In a step a proposal draws candidates for each target, both stages score them, and one loss updates
/// both (`CooperativeMethod`). Items that are not drawn cost nothing. The proposal follows the
/// retriever: it is refreshed once an epoch and before each validation. As with `RetrieverTraining`, a
/// run that is killed and resumed ends with the same bytes as an uninterrupted one.
///
/// Huang and others, 2023: Cooperative Retriever and Ranker in Deep Recommenders.
public struct CooperativeTraining: Training, TrainingLoop {
  /// What is trained, and how.
  package let settings: CooperativeTrainingSettings
  /// The first stage.
  package let retriever: any Retriever
  /// The second stage.
  package let ranker: any Ranker

  let catalogue: Catalogue
  let split: Split
  let counts: [Int]
  let validation: TwoStageValidation?
  var state: TrainingState
  let jointLoss: JointLoss
  /// The negatives of the retriever's own loss; `nil` if it learns from the proposal's draws.
  let negatives: TrainingNegatives?
  var probabilities: ColumnProbabilities
  /// What draws candidates.
  var draws: ProposalDraws
  private let examples: ExampleSource

  /// A run over the training part of a split, at its start or where a checkpoint left off.
  ///
  /// Without a checkpoint file the run is kept in memory only. Throws `SettingError`, `TrainingError`,
  /// `ModelsError` and `SamplingError` if it cannot be trained or resumed, `TorchError` for a missing
  /// device, `EvaluationError` for an unknown metric.
  public init(
    _ settings: CooperativeTrainingSettings, on split: Split, of catalogue: Catalogue,
    checkpoint file: URL? = nil, from start: TrainingStart = .scratch
  ) throws {
    try settings.validate()
    jointLoss = try settings.jointLoss()
    if settings.train.threads > 0 { Torch.threads = settings.train.threads }
    self.settings = settings
    self.split = split
    // Numbers of contexts are standardised by those of training.
    let catalogue = Catalogue(
      users: catalogue.users, items: catalogue.items, context: split.trainingColumns.context)
    self.catalogue = catalogue
    examples = ExampleSource(
      settings.retrieval, of: split, catalogue, then: settings.ranker.model)
    guard examples.count > 0 else { throw TrainingError.noExamples(rule: split.rule) }
    validation = try TwoStageValidation(settings, of: split)
    let parameters = Parameters(
      seed: settings.train.seed, device: try Device(named: settings.train.device))
    (retriever, ranker) = try parameters.build { scope in
      (
        try settings.retriever.network(
          for: catalogue, in: scope / Stage.retriever.rawValue),
        try settings.ranker.network(
          for: catalogue, in: scope / Stage.ranker.rawValue)
      )
    }
    counts = split.interactedItemCounts()
    negatives =
      settings.cooperation.supervision == .proposal
      ? nil
      : try TrainingNegatives(
        settings.negatives, counts: counts,
        known: settings.negatives.known == .masked ? KnownItems(split) : nil)
    probabilities = ColumnProbabilities(settings.correction, counts: counts)
    draws = ProposalDraws(
      settings: settings.proposal, refreshEvery: settings.cooperation.refreshEvery,
      form: settings.cooperation.form, temperature: settings.loss.temperature,
      seed: settings.train.seed, split: split, counts: counts,
      known: settings.cooperation.known == .masked ? KnownItems(split) : nil)
    state = TrainingState(
      settings.train, of: parameters, examples: examples.count,
      checkpoint: try file.map {
        Checkpoint(file: $0, settings: try FlatSettings(settings), split)
      },
      share: {
        $0.hasPrefix(Stage.ranker.rawValue + ".") ? settings.cooperation.rankerRate : 1
      })
    if start == .checkpoint { try resume() }
  }

  /// Trains and validates one epoch, or what is left of it, as `Training.next` says.
  public mutating func next(
    progress: (StepProgress) -> Void, shouldStop: () -> Bool
  ) throws -> EpochReport? {
    try advance(progress: progress, shouldStop: shouldStop)
  }

  /// The pair to serve: that of the best epoch, or of the last step when nothing was validated.
  ///
  /// Throws what making a `FrozenRetriever` and a `FrozenRanker` throws.
  public func model() throws -> (retriever: FrozenRetriever, ranker: FrozenRanker) {
    try frozen(state.best.isEmpty ? parameters.stored() : state.best, stacking: servedStacking)
  }

  /// The loss of one step.
  mutating func loss(
    of places: Range<Int>, _ phase: Phase, using generator: inout SeededGenerator
  ) throws -> (loss: Tensor, examples: Int) {
    let proposal = try draws.current(for: retriever, &state.counters)
    var batch = examples.batch(
      places, of: examples.order(seed: settings.train.seed, epoch: state.counters.epoch))
    batch.queries = batch.queries.withholding(settings.train.withheldUsers, using: &generator)
    switch settings.cooperation.alternation.part(ofEpoch: state.counters.epoch) {
    case .retrieverAlone:
      return (try lossAlone(batch, proposal, phase, using: &generator), batch.count)
    case .both(let part):
      let step = try step(batch, proposal, phase, using: &generator)
      return (jointLoss(step, part, settings.cooperation.weights), batch.count)
    }
  }

  /// The retriever's own loss of a batch.
  private mutating func lossAlone(
    _ batch: TrainingBatch, _ proposal: Proposal, _ phase: Phase,
    using generator: inout SeededGenerator
  ) throws -> Tensor {
    let (queries, ownLoss) = retrieved(batch, phase, using: &generator)
    if let ownLoss { return ownLoss }
    let drawn = try draws.draws(
      from: proposal, for: queries, batch.targets, of: batch.targetUsers, by: retriever,
      state.counters, using: &generator)
    return jointLoss.retriever(
      logits(queries, drawn.columns, items: retriever.items(drawn.columns.items, phase)),
      weights: Tensor(batch.weights, device: device))
  }

  /// The scores of both stages for a batch.
  private mutating func step(
    _ batch: TrainingBatch, _ proposal: Proposal, _ phase: Phase,
    using generator: inout SeededGenerator
  ) throws -> CooperativeStep {
    let shown = ShownTargets(
      of: batch, each: settings.cooperation.positions, history: settings.ranker.model.history,
      using: &generator)
    let (queries, ownLoss) = retrieved(batch, phase, using: &generator)
    // With a loss of its own the retriever needs draws only for the targets that the ranker sees.
    let rows = ownLoss == nil ? Array(0..<batch.count) : shown.rows
    let places = ownLoss == nil ? shown.rows : Array(shown.rows.indices)
    let scored = queries.rows(rows)
    let users = batch.targetUsers
    let drawn = try draws.draws(
      from: proposal, for: scored, rows.map { batch.targets[$0] }, of: rows.map { users[$0] },
      by: retriever, state.counters, using: &generator)
    let first = logits(
      scored, drawn.columns, items: retriever.items(drawn.columns.items, phase))
    let student = places.count == rows.count ? first : first.rows(Tensor(places, device: device))
    let weights = Tensor(rows.map { batch.weights[$0] }, device: device)
    return CooperativeStep(
      retriever: first, weights: weights, ownLoss: ownLoss, student: student,
      ranker: student.scored(
        withStacking(
          ranker.scores(drawn.candidates(of: places, for: shown.queries), phase), over: student)),
      shownWeights: weights.rows(places))
  }

  /// The ranker's scores, the retriever's scores of the same candidates added if stacking asks for it.
  private func withStacking(_ scores: Tensor, over student: Logits) -> Tensor {
    let share = settings.cooperation.stacking
    return share == 0 ? scores : scores + student.values.detach() * share
  }

  /// The vector that each target is scored with, and the retriever's own loss; `nil` if it learns from
  /// the proposal's draws.
  private mutating func retrieved(
    _ batch: TrainingBatch, _ phase: Phase, using generator: inout SeededGenerator
  ) -> (queries: Tensor, loss: Tensor?) {
    guard let negatives else {
      return (retriever.queries(batch, toward: retriever.items(batch.targets, phase), phase), nil)
    }
    let columns = negatives.columns(
      targets: batch.targets, of: batch.targetUsers, &probabilities, using: &generator)
    let (queries, logits) = retriever.logits(
      of: batch, columns, settings.loss.temperature, phase)
    let loss = settings.loss.mean(
      ofDivided: logits,
      weights: Tensor(batch.weights, device: device), itemCount: split.interactedItemCount)
    return (queries, loss)
  }

  /// The retriever's scores of some columns.
  private func logits(_ queries: Tensor, _ columns: TrainingColumns, items: Tensor) -> Logits {
    retriever.logits(queries, columns, items: items, settings.loss.temperature)
  }

  private var device: Device { retriever.device }
}

extension CooperativeTraining {
  /// An epoch is a pass over all examples.
  public var shape: TrainingShape { state.shape }

  /// The reports of the epochs so far; after resuming, those before the interruption too.
  public var history: [EpochReport] { state.counters.history }

  /// What ended the run, or that it is still running.
  public var outcome: TrainingOutcome { state.outcome }

  /// Its trainable tensors: `retriever.NAME` and `ranker.NAME`.
  package var parameters: Parameters { state.parameters }

  /// The estimator of item frequencies as it stands, to be saved with the model.
  package var estimator: FrequencyEstimator? { probabilities.estimator }
}

extension Tensor {
  /// Some rows in rising order; the tensor itself for all rows.
  fileprivate func rows(_ rows: [Int]) -> Tensor {
    rows.count == size(0) ? self : indexSelect(0, Tensor(rows, device: device))
  }
}
