package import CorralData
package import CorralEvaluation
import CorralIndex
package import CorralModels
package import CorralSampling
package import CorralSettings
package import CorralTraining
package import Foundation

/// Trains whichever model the settings name: the one exhaustive switch from settings to types.
package struct ModelTraining {
  /// What a run ended with.
  package struct Outcome {
    package let model: TrainedModel
    /// The clusters that retrieval is divided among; `nil` without any.
    package var clusters: ModelClusters?
    /// The trained ranker; `nil` for a retriever alone.
    package var ranker: FrozenRanker?
    /// What training the retriever did.
    package let retriever: EpochSummary
    /// What training the ranker did.
    package var rankerSummary: EpochSummary?
    /// Whether the user stopped it; the checkpoint is saved then.
    package var isStopped = false
    /// The streaming estimator of item frequencies; `nil` if the correction has none.
    package var estimator: FrequencyEstimator?

    /// How long training took, in seconds.
    package var seconds: Double { retriever.seconds + (rankerSummary?.seconds ?? 0) }

    /// How an evaluation asks for what the retriever finds, in its clusters if it has some.
    package func scoring(
      _ split: Split, part: HeldOut, _ settings: ClusterSettings
    ) throws -> Scoring {
      try model.scoring(split, part: part, clusters: clusters, settings)
    }

    /// The model over its clusters; `nil` without any.
    func divided(_ settings: ClusterSettings) -> DividedModel? {
      clusters.map { DividedModel(model: model, clusters: $0, settings: settings) }
    }

    /// What training did to each stage.
    package var summaries: [EpochSummary] { [retriever] + (rankerSummary.map { [$0] } ?? []) }
  }

  package let settings: Settings
  package let data: LoadedData
  package var checkpoint: CheckpointFolder?
  let observer: TrainingObserver

  /// The training of the model that some settings name.
  ///
  /// Without a checkpoint folder the run is kept in memory only.
  package init(
    _ settings: Settings, on data: LoadedData, checkpoint: CheckpointFolder? = nil,
    observer: TrainingObserver = TrainingObserver()
  ) {
    self.settings = settings
    self.data = data
    self.checkpoint = checkpoint
    self.observer = observer
  }

  /// Trains to the end, or until the user stops it: the retriever, and then the ranker on its own
  /// examples; or both for each other.
  package func trained() throws -> Outcome {
    try settings.checkMemory(
      DataSizes(
        users: data.split.userCount, items: data.split.itemCount,
        interactions: data.split.training.values.count))
    let items = try ClusterBuilding(settings.clusters, of: data, seed: settings.train.seed)
      .clusters()
    if let items {
      observer.hear(.clustered(items.summary(counts: data.split.itemCounts())))
    }
    if settings.method != .independent {
      var outcome = try cooperative()
      try addIntent(items, to: &outcome)
      return outcome
    }
    // A head without its label is found before the retriever is trained, not after.
    if case .network(let ranker) = settings.ranker {
      let labels = data.split.trainingColumns.labels.names
      try settings.training(ranker).checkLabels(labels)
    }
    var outcome =
      switch settings.retriever {
      case .popularity: popularity()
      case .implicitALS(let factors): try implicitALS(factors)
      case .item2vec(let settings): try item2vec(settings)
      case .network(let retriever): try network(retriever, over: items)
      }
    try addIntent(items, to: &outcome)
    if !outcome.isStopped, case .network(let ranker) = settings.ranker {
      try addRanker(ranker, to: &outcome)
    }
    return outcome
  }

  /// What training left beside its checkpoint to be saved with the model.
  package var attachments: [URL] {
    guard let folder = checkpoint?.folder else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix("training.jsonl") || $0.hasPrefix("events.") }.sorted()
      .map { folder.appending(path: $0) }
  }
}
