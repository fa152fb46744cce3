import CorralData
import CorralEvaluation
package import CorralModels
package import CorralTraining

extension Settings {
  /// How a retriever is trained by itself, from the blocks that say something about it.
  package func training(_ retriever: RetrieverSettings) -> RetrieverTrainingSettings {
    var training = RetrieverTrainingSettings()
    training.retriever = retriever
    training.loss = loss
    training.negatives = negatives
    training.correction = correction
    training.train = train
    training.seen = evaluate.seen
    return training
  }

  /// How a ranker is trained by itself.
  package func training(_ ranker: RankerSettings) -> RankerTrainingSettings {
    var training = rankerTraining
    training.ranker = ranker
    training.block = "rankerTraining"
    training.seen = evaluate.seen
    return training
  }

  /// How a retriever and a ranker are trained for each other.
  ///
  /// Throws `SettingError` if one of the two is missing.
  package func cooperativeTraining() throws -> CooperativeTrainingSettings {
    guard case .network(let ranker) = ranker else {
      throw SettingError(
        "method", method.rawValue,
        "it trains a retriever and a ranker for each other, and there is no ranker; set ranker.model "
          + "to one of " + RankerBlock.names.joined(separator: ", "))
    }
    guard case .network(let retriever) = retriever else {
      throw SettingError(
        "method", method.rawValue,
        "it trains both stages by gradient, and \(self.retriever.name) is not; set method to "
          + "independent, or retriever.model to one of "
          + RetrieverSettings.names.joined(separator: ", "))
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
  /// The blocks of a settings file that this method does not read.
  package var unreadBlocks: [String] {
    self == .independent ? ["proposal", "cooperation"] : ["rankerTraining"]
  }
}
