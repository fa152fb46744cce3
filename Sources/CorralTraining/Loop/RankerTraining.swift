public import CorralData
public import CorralEvaluation
public import CorralModels
import CorralSampling
import CorralVectors
public import Foundation
public import Torch

/// Trains a ranker apart from any retriever (`Independent` in the papers): an iterator over epochs,
/// the loop of which is the caller's.
///
///     var training = try RankerTraining(settings, on: split, of: catalogue)
///     while let epoch = try training.next() { print(epoch.loss, epoch.validation) }
///     let ranker = try training.model()
///
/// Each training interaction is compared with negatives of its own: impressions where the log has
/// them, and draws. As with `RetrieverTraining`, a run that is killed and resumed ends with the same
/// bytes as one that never was.
public struct RankerTraining: TrainingLoop {
  /// Everything that decides what is learned.
  public let settings: RankerTrainingSettings
  /// The network that is trained.
  package let ranker: any Ranker

  var run: Run
  private let catalogue: Catalogue
  private let untrained: UntrainedItems
  private let examples: TrainingExamples
  private let validation: RankerValidation?
  /// What the ranker's scores may be added to.
  private let retriever: StackedRetriever?
  private let negatives: RankerNegatives
  private let lossOfHeads: RankingLoss

  /// A run over the training part of a split, at its start or where a checkpoint left off.
  ///
  /// - Parameters:
  ///   - settings: what is learned, and how.
  ///   - split: what is learned from.
  ///   - catalogue: what is known of users and items.
  ///   - candidates: what validation ranks, one row a user of the split, as
  ///     `FullRanking.candidates(of:count:)` gives them; drawn items where there are none.
  ///   - retriever: what found them, with the weight that makes its scores logits; its score is then
  ///     added as `servedStacking` says.
  ///   - file: the checkpoint; without one the run is kept in memory only.
  ///   - start: where the run begins.
  /// - Throws: `TrainingError` and `ModelsError` for what cannot be trained or resumed, `TorchError`
  ///   for a device that is not there, `EvaluationError` for a metric.
  public init(
    _ settings: RankerTrainingSettings, on split: Split, of catalogue: Catalogue,
    candidates: Ragged<ItemIndex>? = nil, of retriever: StackedRetriever? = nil,
    checkpoint file: URL? = nil, from start: TrainingStart = .scratch
  ) throws {
    try settings.validate()
    try settings.checkLabels(split.trainingColumns.labels.names)
    if settings.train.threads > 0 { Torch.threads = settings.train.threads }
    self.settings = settings
    let model = settings.ranker.model
    // Where the contexts of training are known, they decide how numbers are standardised.
    let catalogue = Catalogue(
      users: catalogue.users, items: catalogue.items, context: split.trainingColumns.context)
    self.catalogue = catalogue
    untrained = UntrainedItems(counts: split.itemCounts(), features: catalogue.items)
    examples = TrainingExamples(
      split, historyLength: model.history,
      selection: .init(minimumHistory: model.needsHistory(catalogue) ? 1 : 0),
      impressions: settings.negatives.impressions)
    guard examples.count > 0 else { throw TrainingError.noExamples(rule: split.rule) }
    self.retriever =
      candidates != nil && settings.servedStacking == .validated ? retriever : nil
    validation = try RankerValidation(
      settings, of: split, candidates: candidates, from: self.retriever?.model)
    let parameters = Parameters(
      seed: settings.train.seed, device: try Device(named: settings.train.device))
    ranker = try parameters.build { scope in
      try settings.ranker.network(
        tasks: 1 + settings.heads.count, for: catalogue, in: scope)
    }
    negatives = try RankerNegatives(settings.negatives, on: split)
    lossOfHeads = RankingLoss(main: settings.loss, heads: settings.heads)
    run = Run(
      settings.train, of: parameters, examples: examples.count,
      checkpoint: try file.map {
        Checkpoint(
          file: $0, settings: try FlatSettings(settings), split, readsImpressions: true)
      })
    if start == .checkpoint { try run.resume() }
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

  /// The ranker to serve: that of the best epoch, or of the last step when nothing was validated.
  ///
  /// Throws what making a `FrozenRanker` throws.
  public func model() throws -> FrozenRanker {
    let stacking = run.state.bestStacking ?? 0
    return try frozen(
      run.best.isEmpty ? parameters.stored() : run.best,
      over: stacking == 0
        ? nil : retriever.map { StackedRetriever($0.model, weight: $0.weight * stacking) })
  }

  /// The loss of one step: negatives, logits, loss.
  mutating func loss(
    of places: Range<Int>, _ phase: Phase, using generator: inout SeededGenerator
  ) throws -> (loss: Tensor, examples: Int) {
    var batch = examples.batch(
      places, of: examples.order(seed: settings.train.seed, epoch: run.state.epoch))
    batch.queries = batch.queries.withholding(settings.train.withheldUsers, using: &generator)
    let ranking = negatives.batch(batch, heads: settings.heads, using: &generator)
    return (lossOfHeads(ranker.logits(ranking.candidates, phase), ranking), batch.count)
  }

  /// The metrics of the parameters as they are.
  func measure() throws -> [String: Double]? {
    try validation?.measure(
      frozen(parameters.stored()), settings.servedStacking.tried(trained: 0),
      of: retriever?.weight ?? 0)
  }

  /// Saves the run.
  func save() throws { try run.save() }

  private func frozen(
    _ stored: [String: StoredTensor], over retriever: StackedRetriever? = nil
  ) throws -> FrozenRanker {
    try FrozenRanker(
      settings.ranker, heads: settings.heads, score: settings.score, for: catalogue,
      stored: untrained.forgotten(stored, of: parameters), over: retriever)
  }
}

extension RankerTraining {
  /// Its trainable tensors.
  public var parameters: Parameters { run.parameters }

  /// The steps of an epoch.
  public var stepsPerEpoch: Int { run.stepsPerEpoch }

  /// What ended the run, or has not.
  public var outcome: TrainingOutcome { run.outcome }

  /// What the epochs so far reported; of a resumed run, those before it was killed too.
  public var history: [EpochReport] { run.state.history }
}

extension FrozenRanker {
  /// How the ranker orders candidates of the users of a split, given what is known of each when a
  /// held-out part is predicted.
  public func ranking(of split: Split, part: HeldOut) -> CandidateRanking {
    let histories = split.histories(before: part)
    return CandidateRanking { users, candidates in
      scores(
        candidates,
        for: QueryBatch(
          users: users, histories: Ragged(users.lazy.map { histories[$0.position] }),
          context: split.context(of: part, users: users)))
    }
  }
}

extension RankerTrainingSettings {
  /// Throws for a head whose label is not in the data.
  package func checkLabels(_ names: [String]) throws {
    for head in heads where !names.contains(head.label) {
      throw TrainingError.setting(
        key: "heads", value: head.label,
        reason: names.isEmpty
          ? "the data have no labels; name their columns with data.labels"
          : "the data have no label of that name; they have \(names.joined(separator: ", "))")
    }
  }
}
