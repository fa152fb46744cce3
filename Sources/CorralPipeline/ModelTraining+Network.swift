import CorralData
import CorralEvaluation
package import CorralModels
import CorralSampling
import CorralSettings
import CorralTraining
import Foundation
import Torch

extension ModelTraining {
  /// Epochs of a retriever by gradient.
  package func network(_ retriever: RetrieverSettings) throws -> Outcome {
    Torch.keepMemory()
    var training = try RetrieverTraining(
      settings.training(retriever), on: data.split, of: Catalogue(data.dataset),
      checkpoint: checkpoint?.folder.appending(path: CheckpointFolder.retriever.run),
      from: .checkpoint)
    let summary = try epochs(
      of: &training, settings.train, stage: .retriever, log: CheckpointFolder.retriever.log)
    return Outcome(
      model: .network(try training.model()), retriever: summary,
      isStopped: training.outcome == .interrupted,
      estimator: training.negativesInUse.correction.estimator)
  }

  /// A network's scores as logits, which a ranker's can be added to.
  private func logits(of retriever: TrainedModel) -> StackedRetriever? {
    guard case .network(let model) = retriever else { return nil }
    return StackedRetriever(
      model, weight: 1 / settings.training(model.settings).temperature(of: model))
  }

  /// Epochs of a ranker over a trained retriever, which keeps it honest: it is validated on what the
  /// retriever finds.
  package func addRanker(_ ranker: RankerSettings, to outcome: inout Outcome) throws {
    Torch.keepMemory()
    let settings = settings.training(ranker)
    var evaluate = self.settings.evaluate
    evaluate.cutoffs = [1]
    // Without a validation part there is nothing to validate on, and the last epoch is kept.
    let candidates: Ragged<ItemIndex>? =
      data.split.validation.values.isEmpty
      ? nil
      : try FullRanking(of: data.split, part: .validation, settings: evaluate).candidates(
        of: outcome.model.scoring(data.split, part: .validation),
        count: min(evaluate.candidates, data.split.interactedItemCount))
    var training = try RankerTraining(
      settings, on: data.split, of: Catalogue(data.dataset), candidates: candidates,
      of: logits(of: outcome.model),
      checkpoint: checkpoint?.folder.appending(path: "ranker.safetensors"), from: .checkpoint)
    outcome.rankerSummary = try RankingBlock.naming {
      try epochs(of: &training, settings.train, stage: .ranker, log: "ranker-training.jsonl")
    }
    outcome.isStopped = training.outcome == .interrupted
    outcome.ranker = try training.model()
  }
}
