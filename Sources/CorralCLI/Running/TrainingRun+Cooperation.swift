import CorralData
import CorralEvaluation
import CorralModels
import CorralSampling
import CorralTraining
import Foundation
import Torch

extension Settings {
  /// The library's settings of a retriever's and a ranker's training for each other, from the blocks
  /// that say something about it.
  ///
  /// Throws where one of the two is not there to be trained.
  func cooperativeTraining() throws -> CooperativeTrainingSettings {
    guard case .network(let ranker) = ranker else {
      throw InputError.other(
        "setting 'method' is \(method.rawValue): it trains a retriever and a ranker for each other, "
          + "and there is no ranker; set ranker.model to one of "
          + RankerBlock.names.joined(separator: ", "))
    }
    guard case .network(let retriever) = retriever else {
      throw InputError.other(
        "setting 'method' is \(method.rawValue): it trains both stages by gradient, and "
          + "\(self.retriever.name) is not; set method to independent, or retriever.model to one of "
          + RetrieverSettings.Kind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    var training = CooperativeTrainingSettings()
    (training.retriever, training.ranker) = (retriever, ranker)
    (training.method, training.proposal, training.cooperation) = (method, proposal, cooperation)
    (training.loss, training.negatives, training.correction) = (loss, negatives, correction)
    (training.train, training.seen) = (train, evaluate.seen)
    training.candidates = evaluate.candidates
    return training
  }
}

extension CooperativeMethod {
  /// The blocks of a settings file that say nothing to it.
  var unreadBlocks: [String] {
    self == .independent ? ["proposal", "cooperation"] : ["ranking"]
  }
}

extension TrainingRun {
  /// Epochs of a retriever and a ranker for each other.
  func cooperative() throws -> Outcome {
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
