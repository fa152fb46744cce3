import CorralBaselines
import CorralData
import CorralEvaluation
import CorralIndex
import CorralModels
import CorralSettings
import CorralTraining
import CorralVectors
import Foundation
import Torch

extension ModelTraining {
  /// Popularity is counted, not trained.
  func popularity() -> Outcome {
    let start = ContinuousClock.now
    let model = Popularity(data.split)
    return Outcome(
      model: .popularity(model),
      retriever: EpochSummary(
        name: "retriever", seconds: (ContinuousClock.now - start).inSeconds, epochs: 1,
        parameters: model.counts.count))
  }

  /// Sweeps of implicit ALS.
  func implicitALS(_ factors: FactorBlock) throws -> Outcome {
    var als = settings.als
    (als.dimension, als.seed) = (factors.dimension, settings.train.seed)
    var training = try ImplicitALSRun(
      als, on: data.split, checkpoint: file("als.safetensors"), from: .checkpoint)
    let summary = try follow(&training, settings.train, of: .retriever, epochs: als.sweeps)
    return Outcome(
      model: .implicitALS(training.model()), retriever: summary,
      isStopped: training.outcome == .interrupted)
  }

  /// Passes of item2vec.
  func item2vec(_ settings: Item2VecSettings) throws -> Outcome {
    var settings = settings
    settings.seed = self.settings.train.seed
    var training = try Item2VecRun(
      settings, on: data.split, threads: self.settings.train.threads,
      checkpoint: file("item2vec.safetensors"), from: .checkpoint)
    let summary = try follow(
      &training, self.settings.train, of: .retriever, epochs: settings.epochs)
    return Outcome(
      model: .item2vec(training.model()), retriever: summary,
      isStopped: training.outcome == .interrupted)
  }

  /// Epochs of a retriever by itself, over clusters of the items if there are some.
  func network(_ retriever: RetrieverSettings, over clusters: ItemClusters?) throws -> Outcome {
    Torch.keepMemory()
    var catalogue = Catalogue(data.dataset)
    if let clusters, settings.clusters.task != .none {
      catalogue.tasks = ItemTasks(count: clusters.count, identity: settings.clusters.task)
    }
    var training = try RetrieverTraining(
      settings.training(retriever), on: data.split, of: catalogue, partition: clusters?.partition,
      checkpoint: file(CheckpointFolder.retriever.run), from: .checkpoint)
    if training.validatesWithinClusters {
      observer.hear(
        .note("validation ranks each target among the items of its own cluster, not among all"))
    }
    let summary = try follow(
      &training, settings.train, of: .retriever, log: CheckpointFolder.retriever.log)
    return Outcome(
      model: .network(try training.model()), retriever: summary,
      isStopped: training.outcome == .interrupted, estimator: training.estimator)
  }

  /// Epochs of a retriever and a ranker for each other.
  func cooperative() throws -> Outcome {
    Torch.keepMemory()
    var training = try CooperativeTraining(
      try settings.cooperativeTraining(), on: data.split, of: Catalogue(data.dataset),
      checkpoint: file(CheckpointFolder.retriever.run), from: .checkpoint)
    let summary = try follow(
      &training, settings.train, of: .both, log: CheckpointFolder.retriever.log)
    let pair = try training.model()
    return Outcome(
      model: .network(pair.retriever), ranker: pair.ranker, retriever: summary,
      isStopped: training.outcome == .interrupted, estimator: training.estimator)
  }

  /// Learns from which clusters users choose next, after the retriever.
  func addIntent(_ items: ItemClusters?, to outcome: inout Outcome) throws {
    guard let items, !outcome.isStopped else { return }
    outcome.clusters = try ModelClusters(
      items, of: outcome.model, settings.clusters.intent, on: data.split, seed: settings.train.seed)
    observer.hear(.foretold(outcome.clusters?.report))
  }

  /// Epochs of a ranker by itself, validated on what the trained retriever finds.
  func addRanker(_ ranker: RankerSettings, to outcome: inout Outcome) throws {
    Torch.keepMemory()
    let settings = settings.training(ranker)
    var evaluate = self.settings.evaluate
    evaluate.cutoffs = [1]
    // Without a validation part there is nothing to validate on, and the last epoch is kept.
    let candidates: Ragged<ItemIndex>? =
      data.split.validation.values.isEmpty
      ? nil
      : try FullRanking(of: data.split, part: .validation, settings: evaluate).candidates(
        of: outcome.scoring(data.split, part: .validation, self.settings.clusters),
        count: min(evaluate.candidates, data.split.interactedItemCount))
    var training = try RankerTraining(
      settings, on: data.split, of: Catalogue(data.dataset), candidates: candidates,
      of: logits(of: outcome.model), checkpoint: file("ranker.safetensors"), from: .checkpoint)
    outcome.rankerSummary = try follow(
      &training, settings.train, of: .ranker, log: "ranker-training.jsonl")
    outcome.isStopped = training.outcome == .interrupted
    outcome.ranker = try training.model()
  }

  /// A network's scores as logits, which a ranker's can be added to.
  private func logits(of retriever: TrainedModel) -> StackedRetriever? {
    // Scores of a retriever that is told clusters cannot be compared from one to the next.
    guard case .network(let model) = retriever, model.tasks == nil else { return nil }
    return StackedRetriever(
      model, weight: 1 / settings.training(model.settings).temperature(of: model))
  }

  private func file(_ name: String) -> URL? { checkpoint?.folder.appending(path: name) }

  /// Trains to the end, or until the user stops it, and tells what happens.
  ///
  /// `log` names the file of reports beside the checkpoint; `nil` for a training whose epochs report
  /// nothing but their time. `epochs` is their number where `train` does not say it.
  private func follow(
    _ training: inout some Training, _ train: TrainingSettings, of stage: TrainedStage,
    epochs: Int? = nil, log: String? = nil
  ) throws -> EpochSummary {
    var facts = TrainingEvent.Stage(
      name: stage == .both ? "retriever and ranker" : stage.rawValue, train: train,
      unit: training.unit, epochs: epochs ?? train.epochs, parameters: training.parameterCount,
      stepsPerEpoch: training.stepsPerEpoch, epochsDone: training.history.last?.epoch ?? 0)
    let reports = try log.flatMap(file).map {
      try TrainingLog(file: $0, history: training.history)
    }
    let events = try log == nil ? nil : checkpoint.map { try TensorBoardWriter(folder: $0.folder) }
    observer.hear(.began(facts))
    facts.watched = training.history.last?.validation[train.metric]
    while let epoch = try training.next(
      progress: { observer.hear(.step($0, of: facts)) }, shouldStop: observer.shouldStop)
    {
      try reports?.append(epoch)
      try events?.write(epoch, of: stage)
      observer.hear(.epoch(epoch, of: facts))
      facts.watched = epoch.validation[train.metric]
    }
    observer.hear(.ended(facts, training.outcome))
    return EpochSummary(
      name: facts.name, training.history, watching: train.metric,
      parameters: training.parameterCount)
  }
}
