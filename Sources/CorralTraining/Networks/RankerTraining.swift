public import CorralData
package import CorralEvaluation
public import CorralModels
import CorralSampling
import CorralVectors
public import Foundation
package import Torch

/// Trains a ranker by itself (`Independent` in the papers), epoch by epoch; the caller writes the loop.
///
///     var training = try RankerTraining(settings, on: split, of: catalogue)
///     while let epoch = try training.next() { print(epoch.loss, epoch.validation) }
///     let ranker = try training.model()
///
/// Each training interaction is compared with negatives of its own: impressions, if the log has any,
/// and draws. As with `RetrieverTraining`, a run that is killed and resumed ends with the same bytes as
/// an uninterrupted one.
public struct RankerTraining: Training, TrainingLoop {
  /// What is trained, and how.
  package let settings: RankerTrainingSettings
  /// The network that is trained.
  package let ranker: any Ranker

  var state: TrainingState
  private let catalogue: Catalogue
  private let untrained: UntrainedItems
  private let examples: TrainingExamples
  private let validation: RankerValidation?
  /// The retriever whose scores may be added to the ranker's when both serve.
  private let retriever: StackedRetriever?
  private let negatives: RankerNegatives
  private let lossOfHeads: RankingLoss

  /// A run over the training part of a split, at its start or where a checkpoint left off.
  ///
  /// - Parameters:
  ///   - settings: the ranker, its loss and its negatives.
  ///   - split: the training and validation interactions.
  ///   - catalogue: the users and items with their features.
  ///   - candidates: what validation ranks, one row a user of the split, as
  ///     `FullRanking.candidates(of:count:)` gives them; without them validation draws items.
  ///   - retriever: the trained network that found them, with the weight that makes its scores logits.
  ///     Negatives can follow its vectors, and its score can be added as `servedStacking` says.
  ///   - file: the checkpoint; without one the run is kept in memory only.
  ///   - start: where the run begins.
  /// - Throws: `SettingError`, `TrainingError` and `ModelsError` if it cannot be trained or resumed,
  ///   `TorchError` for a missing device, `EvaluationError` for an unknown metric.
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
    // Numbers of contexts are standardised by those of training.
    let catalogue = Catalogue(
      users: catalogue.users, items: catalogue.items, context: split.trainingColumns.context)
    self.catalogue = catalogue
    untrained = UntrainedItems(counts: split.itemCounts(), features: catalogue.items)
    let negatives = settings.negatives
    // A retriever's query may need more of a history than the ranker.
    let ofRetriever =
      negatives.kind.followsQueries ? retriever?.model.settings.model.historyLength ?? 0 : 0
    examples = TrainingExamples(
      split, historyLength: max(model.history, ofRetriever),
      selection: .init(minimumHistory: model.needsHistory(catalogue) ? 1 : 0),
      impressions: negatives.impressions)
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
    self.negatives = try settings.within {
      try SettingError.within("negatives") {
        try RankerNegatives(
          negatives, on: split, following: retriever, seed: ~settings.train.seed)
      }
    }
    lossOfHeads = RankingLoss(main: settings.loss, heads: settings.heads)
    state = TrainingState(
      settings.train, block: settings.block, of: parameters, examples: examples.count,
      checkpoint: try file.map {
        Checkpoint(
          file: $0, settings: try settings.flat(), split, readsImpressions: true)
      })
    if start == .checkpoint { try state.resume() }
  }

  /// Trains and validates one epoch, or what is left of it, as `Training.next` says.
  public mutating func next(
    progress: (StepProgress) -> Void, shouldStop: () -> Bool
  ) throws -> EpochReport? {
    try advance(progress: progress, shouldStop: shouldStop)
  }

  /// The ranker to serve: that of the best epoch, or of the last step when nothing was validated.
  ///
  /// Throws what making a `FrozenRanker` throws.
  public func model() throws -> FrozenRanker {
    let stacking = state.counters.bestStacking ?? 0
    return try frozen(
      state.best.isEmpty ? parameters.stored() : state.best,
      over: stacking == 0
        ? nil : retriever.map { StackedRetriever($0.model, weight: $0.weight * stacking) })
  }

  /// The loss of one step.
  mutating func loss(
    of places: Range<Int>, _ phase: Phase, using generator: inout SeededGenerator
  ) throws -> (loss: Tensor, examples: Int) {
    var batch = examples.batch(
      places, of: examples.order(seed: settings.train.seed, epoch: state.counters.epoch))
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
  func save() throws { try state.save() }

  private func frozen(
    _ stored: [String: StoredTensor], over retriever: StackedRetriever? = nil
  ) throws -> FrozenRanker {
    try FrozenRanker(
      settings.ranker, heads: settings.heads, score: settings.score, for: catalogue,
      stored: untrained.forgotten(stored, of: parameters), over: retriever)
  }
}

extension RankerTraining {
  /// An epoch is a pass over all examples.
  public var shape: TrainingShape { state.shape }

  /// The reports of the epochs so far; after resuming, those before the interruption too.
  public var history: [EpochReport] { state.counters.history }

  /// What ended the run, or that it is still running.
  public var outcome: TrainingOutcome { state.outcome }

  /// Its trainable tensors.
  package var parameters: Parameters { state.parameters }
}

extension FrozenRanker {
  /// How the ranker orders candidates of the users of a split, given their histories before a held-out
  /// part.
  package func ranking(of split: Split, part: HeldOut) -> CandidateRanking {
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
  /// Throws `SettingError` for a head whose label is not in the data.
  package func checkLabels(_ names: [String]) throws {
    try within {
      for head in heads where !names.contains(head.label) {
        throw SettingError(
          "heads", head.label,
          names.isEmpty
            ? "the data have no labels; name their columns with data.labels"
            : "the data have no label of that name; they have \(names.joined(separator: ", "))")
      }
    }
  }
}
