import CorralData
import CorralEvaluation
import CorralModels
import CorralSampling
import CorralSettings
import CorralTraining
import Foundation
import Torch

extension ModelTraining {
  /// Epochs of a retriever and a ranker for each other.
  package func cooperative() throws -> Outcome {
    Torch.keepMemory()
    var training = try CooperativeTraining(
      try settings.cooperativeTraining(), on: data.split, of: Catalogue(data.dataset),
      checkpoint: checkpoint?.folder.appending(path: "run.safetensors"), from: .checkpoint)
    let summary = try epochs(
      of: &training, settings.train, stage: .both, log: "training.jsonl")
    let pair = try training.model()
    return Outcome(
      model: .network(pair.retriever), ranker: pair.ranker, retriever: summary,
      isStopped: training.outcome == .interrupted,
      estimator: training.negativesInUse.correction.estimator)
  }
}
