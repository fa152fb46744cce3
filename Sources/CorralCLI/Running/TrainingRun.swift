import CorralBaselines
import CorralData
import CorralIndex
import CorralModels
import CorralSampling
import CorralTraining
import CorralVectors
import Foundation
import Torch

/// Trains whichever model the settings name: the one exhaustive switch from settings to types.
struct TrainingRun {
  /// What a run ended with.
  struct Outcome {
    let model: TrainedModel
    /// What orders the candidates that the model finds; `nil` where the model's order stands.
    var ranker: FrozenRanker?
    /// What training the retriever did.
    let retriever: EpochSummary
    /// What training the ranker did.
    var rankerSummary: EpochSummary?
    /// Whether the user stopped it; the checkpoint is saved then.
    var isStopped = false
    /// The estimator of item frequencies, where the correction has one.
    var estimator: FrequencyEstimator?

    /// How long training took, in seconds.
    var seconds: Double { retriever.seconds + (rankerSummary?.seconds ?? 0) }

    /// What training did, for people.
    func summary(_ style: TextStyle) -> String {
      ([retriever] + (rankerSummary.map { [$0] } ?? [])).map { $0.text(style) }
        .joined(separator: "\n")
    }
  }

  let settings: Settings
  let data: LoadedData
  let console: Console
  var checkpoint: Checkpoint?

  /// Trains to the end, or until the user stops it: the retriever, and then the ranker on its own
  /// examples; or both for each other.
  func trained() throws -> Outcome {
    try settings.checkMemory(
      DataSizes(
        users: data.split.userCount, items: data.split.itemCount,
        interactions: data.split.training.values.count))
    if settings.method != .independent { return try cooperative() }
    // A head without its label is found before the retriever is trained, not after.
    if case .network(let ranker) = settings.ranker {
      let labels = data.split.trainingColumns.labels.names
      try RankingBlock.naming { try settings.training(ranker).checkLabels(labels) }
    }
    var outcome =
      switch settings.retriever {
      case .popularity: popularity()
      case .implicitALS(let factors): try implicitALS(factors)
      case .item2vec(let settings): try item2vec(settings)
      case .network(let retriever): try network(retriever)
      }
    if !outcome.isStopped, case .network(let ranker) = settings.ranker {
      try addRanker(ranker, to: &outcome)
    }
    return outcome
  }

  /// What training left beside its checkpoint to be saved with the model.
  var attachments: [URL] {
    guard let folder = checkpoint?.folder else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix("training.jsonl") || $0.hasPrefix("events.") }.sorted()
      .map { folder.appending(path: $0) }
  }

  private func popularity() -> Outcome {
    let start = ContinuousClock.now
    let model = Popularity(data.split)
    return Outcome(
      model: .popularity(model),
      retriever: EpochSummary(
        name: "retriever", seconds: (ContinuousClock.now - start).inSeconds, epochs: 1,
        parameters: model.counts.count))
  }
}
