public import CorralData
public import CorralModels
import CorralSampling
import CorralVectors
public import Foundation
public import Torch

/// Trains a retriever and a ranker for each other: an iterator over epochs, the loop of which is the
/// caller's.
///
///     var training = try CooperativeTraining(settings, on: split, of: catalogue)
///     while let epoch = try training.next() { print(epoch.loss, epoch.validation) }
///     let (retriever, ranker) = try training.model()
///
/// In a step a proposal draws candidates for each target, both stages score them, and one loss
/// updates both (`CooperativeMethod`). Items that neither of them scores cost nothing. The proposal
/// follows the retriever: it is made anew, starting from where it was, once an epoch and before each
/// validation. As with `RetrieverTraining`, a run that is killed and resumed ends with the same bytes
/// as one that never was.
///
/// Huang and others, 2023: Cooperative Retriever and Ranker in Deep Recommenders.
public struct CooperativeTraining: TrainingLoop {
  /// Everything that decides what is learned.
  public let settings: CooperativeTrainingSettings
  /// The first stage.
  package let retriever: any Retriever
  /// The second stage.
  package let ranker: any Ranker

  let catalogue: Catalogue
  let split: Split
  let counts: [Int]
  /// What users took, where it is told from their negatives.
  let known: KnownItems?
  let validation: TwoStageValidation?
  var run: Run
  var negatives: TrainingNegatives
  /// What draws candidates; made in the first step.
  var proposal: ProposalInUse?
  private let examples: ExampleSource

  /// A run over the training part of a split, at its start or where a checkpoint left off.
  ///
  /// Without a checkpoint file the run is kept in memory only. Throws `TrainingError`, `ModelsError`
  /// and `SamplingError` for what cannot be trained or resumed, `TorchError` for a device that is not
  /// there, `EvaluationError` for a metric.
  public init(
    _ settings: CooperativeTrainingSettings, on split: Split, of catalogue: Catalogue,
    checkpoint file: URL? = nil, from start: TrainingStart = .scratch
  ) throws {
    try settings.validate()
    if settings.train.threads > 0 { Torch.threads = settings.train.threads }
    self.settings = settings
    self.split = split
    // Where the contexts of training are known, they decide how numbers are standardised.
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
    known = settings.cooperation.known == .masked ? KnownItems(split) : nil
    negatives = try TrainingNegatives(settings.negatives, settings.correction, counts: counts)
    run = Run(
      settings.train, of: parameters, examples: examples.count,
      checkpoint: try file.map {
        Checkpoint(file: $0, settings: try FlatSettings(settings), split)
      },
      share: {
        $0.hasPrefix(Stage.ranker.rawValue + ".") ? settings.cooperation.rankerRate : 1
      })
    if start == .checkpoint { try resume() }
  }

  /// Trains and validates one epoch, or what is left of it; `nil` when the run is over or was stopped.
  ///
  /// - Parameters:
  ///   - progress: is told where the run stands, after each step.
  ///   - shouldStop: is asked after each step; when it says yes, the run is saved and stops.
  /// - Returns: what the epoch did, with what each refresh of the proposal found.
  /// - Throws: `TrainingError` when a loss is not a number; the last checkpoint is then as it was.
  public mutating func next(
    progress: (StepProgress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> EpochReport? {
    try advance(progress: progress, shouldStop: shouldStop)
  }

  /// The pair to serve: that of the best epoch, or of the last step when nothing was validated.
  ///
  /// Throws what making a `FrozenRetriever` and a `FrozenRanker` throws.
  public func model() throws -> (retriever: FrozenRetriever, ranker: FrozenRanker) {
    try frozen(run.best.isEmpty ? parameters.stored() : run.best, stacking: servedStacking)
  }

  /// The loss of one step: what both stages make of the batch's targets and their draws.
  mutating func loss(
    of places: Range<Int>, _ phase: Phase, using generator: inout SeededGenerator
  ) throws -> (loss: Tensor, examples: Int) {
    try refreshProposalWhereDue()
    var batch = examples.batch(
      places, of: examples.order(seed: settings.train.seed, epoch: run.state.epoch))
    batch.queries = batch.queries.withholding(settings.train.withheldUsers, using: &generator)
    let part = settings.cooperation.alternation.part(ofEpoch: run.state.epoch)
    if part == .alone { return (try lossAlone(batch, phase, using: &generator), batch.count) }
    let step = try step(batch, phase, using: &generator)
    return (settings.method.loss(of: step, part, settings.cooperation), batch.count)
  }

  /// The retriever's own loss of a batch.
  private mutating func lossAlone(
    _ batch: TrainingBatch, _ phase: Phase, using generator: inout SeededGenerator
  ) throws -> Tensor {
    let (queries, ownLoss) = retrieved(batch, phase, using: &generator)
    if let ownLoss { return ownLoss }
    let drawn = try drawn(for: queries, batch.targets, of: batch.targetUsers, using: &generator)
    return settings.method.retrieverLoss(
      logits(queries, drawn.columns, items: retriever.items(drawn.columns.items, phase)),
      weights: Tensor(batch.weights, device: device))
  }

  /// What both stages make of a batch.
  private mutating func step(
    _ batch: TrainingBatch, _ phase: Phase, using generator: inout SeededGenerator
  ) throws -> CooperativeStep {
    let shown = ShownTargets(
      of: batch, each: settings.cooperation.positions, history: settings.ranker.model.history,
      using: &generator)
    let (queries, ownLoss) = retrieved(batch, phase, using: &generator)
    // With a loss of its own the retriever needs draws only where the ranker looks.
    let rows = ownLoss == nil ? Array(0..<batch.count) : shown.rows
    let places = ownLoss == nil ? shown.rows : Array(shown.rows.indices)
    let scored = queries.rows(rows)
    let users = batch.targetUsers
    let drawn = try drawn(
      for: scored, rows.map { batch.targets[$0] }, of: rows.map { users[$0] }, using: &generator)
    let first = logits(
      scored, drawn.columns, items: retriever.items(drawn.columns.items, phase))
    let student = places.count == rows.count ? first : first.rows(Tensor(places, device: device))
    let weights = Tensor(rows.map { batch.weights[$0] }, device: device)
    return CooperativeStep(
      retriever: first, weights: weights, ownLoss: ownLoss, student: student,
      ranker: student.scored(
        stacked(
          ranker.scores(drawn.candidates(of: places, for: shown.queries), phase), over: student)),
      shownWeights: weights.rows(places))
  }

  /// The ranker's scores over the retriever's of the same candidates.
  private func stacked(_ scores: Tensor, over student: Logits) -> Tensor {
    let share = settings.cooperation.stacking
    return share == 0 ? scores : scores + student.values.detach() * share
  }

  /// The vector that each target is scored with, and the retriever's loss where it has supervision of
  /// its own.
  private mutating func retrieved(
    _ batch: TrainingBatch, _ phase: Phase, using generator: inout SeededGenerator
  ) -> (queries: Tensor, loss: Tensor?) {
    guard settings.cooperation.supervision == .own else {
      return (retriever.queries(batch, toward: retriever.items(batch.targets, phase), phase), nil)
    }
    let columns = negatives.columns(targets: batch.targets, using: &generator)
    let items = retriever.items(columns.items, phase)
    let queries = retriever.queries(
      batch, toward: items.indexSelect(0, Tensor(columns.targets, device: device)), phase)
    let loss = settings.loss.mean(
      ofDivided: logits(queries, columns, items: items),
      weights: Tensor(batch.weights, device: device), itemCount: split.interactedItemCount)
    return (queries, loss)
  }

  /// The retriever's scores of some columns.
  private func logits(_ queries: Tensor, _ columns: TrainingColumns, items: Tensor) -> Logits {
    Logits(
      queries, items, columns, scale: retriever.scale, temperature: settings.loss.temperature,
      crossing: retriever.isInnerProduct ? nil : retriever.scores)
  }

  private var device: Device { retriever.device }
}

extension CooperativeTraining {
  /// Its trainable tensors: `retriever.NAME` and `ranker.NAME`.
  public var parameters: Parameters { run.parameters }

  /// The steps of an epoch.
  public var stepsPerEpoch: Int { run.stepsPerEpoch }

  /// What ended the run, or has not.
  public var outcome: TrainingOutcome { run.outcome }

  /// What the epochs so far reported; of a resumed run, those before it was killed too.
  public var history: [EpochReport] { run.state.history }

  /// What the retriever's own loss compares positives with, with the frequency estimator as it stands.
  package var negativesInUse: TrainingNegatives { negatives }
}

extension Tensor {
  /// Some rows in rising order; itself for all of them.
  fileprivate func rows(_ rows: [Int]) -> Tensor {
    rows.count == size(0) ? self : indexSelect(0, Tensor(rows, device: device))
  }
}
