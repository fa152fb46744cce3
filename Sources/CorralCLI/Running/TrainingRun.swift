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
    /// How long training took, in seconds.
    let seconds: Double
    /// Epochs or sweeps done.
    let epochs: Int
    /// The mean training loss of each epoch, where there is one.
    var losses: [Double] = []
    /// The watched metric after each epoch that was validated, and its name.
    var validations: [Double] = []
    var metric = ""
    /// The number of trained numbers.
    var parameters = 0
    /// Whether the user stopped it; the checkpoint is saved then.
    var isStopped = false
    /// Files to save with the model.
    var attachments: [URL] = []
    /// The estimator of item frequencies, where the correction has one.
    var estimator: FrequencyEstimator?
  }

  let settings: Settings
  let data: LoadedData
  let console: Console
  var checkpoint: Checkpoint?

  /// Throws for the first setting that cannot be trained with, before any data are read.
  static func check(_ settings: Settings) throws {
    switch settings.retriever {
    case .popularity: break
    case .implicitALS(let factors):
      try settings.als.settings(dimension: factors.dimension, seed: settings.train.seed).validate()
    case .network(let retriever):
      try settings.training(retriever).validate()
      if !retriever.model.isInnerProduct, settings.index.kind != .exact {
        throw InputError.other(
          "setting 'index.kind' is \(settings.index.kind.rawValue): no index can search by the scores "
            + "of \(retriever.kind.rawValue), which are no inner products; set it to exact, and every "
            + "item is scored")
      }
    }
    try settings.correction.estimator.validate()
    _ = try Device(named: settings.train.device)
  }

  /// Trains to the end, or until the user stops it.
  func trained() throws -> Outcome {
    switch settings.retriever {
    case .popularity: popularity()
    case .implicitALS(let factors): try implicitALS(factors)
    case .network(let retriever): try network(retriever)
    }
  }

  private func popularity() -> Outcome {
    let start = ContinuousClock.now
    let model = Popularity(data.split)
    return Outcome(
      model: .popularity(model), seconds: (ContinuousClock.now - start).inSeconds, epochs: 1,
      parameters: model.counts.count)
  }
}
