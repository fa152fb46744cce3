package import CorralTraining
import Foundation
package import Torch

/// A training that goes epoch by epoch: of a retriever, of a ranker, or of both.
package protocol EpochTraining {
  var history: [EpochReport] { get }
  var outcome: TrainingOutcome { get }
  var parameters: Parameters { get }
  var stepsPerEpoch: Int { get }

  mutating func next(
    progress: (StepProgress) -> Void, shouldStop: () -> Bool
  ) throws -> EpochReport?
}

extension RetrieverTraining: EpochTraining {}
extension RankerTraining: EpochTraining {}
extension CooperativeTraining: EpochTraining {}

/// What the epochs of a training did, as far as people want to see it.
package struct EpochSummary {
  /// What was trained: `retriever`, `ranker`, or both.
  package let name: String
  /// How long they took, in seconds, those before a resumed run went on among them.
  package let seconds: Double
  /// Epochs or sweeps done.
  package let epochs: Int
  /// The mean training loss of each epoch, where there is one.
  package var losses: [Double] = []
  /// The watched metric after each epoch that was validated, and its name.
  package var validations: [Double] = []
  package var metric = ""
  /// The number of trained numbers.
  package let parameters: Int
}

extension ModelTraining {
  /// Trains to the end, or until the user stops it: validated, logged, and saved after each epoch.
  ///
  /// `log` names the file of reports, where there is a checkpoint to write it beside.
  package func epochs(
    of training: inout some EpochTraining, _ train: TrainingSettings, stage: TrainedStage,
    log: String
  ) throws -> EpochSummary {
    var facts = TrainingEvent.Stage(
      name: stage == .both ? "retriever and ranker" : stage.rawValue, train: train,
      parameters: training.parameters.count, stepsPerEpoch: training.stepsPerEpoch,
      epochsDone: training.history.last?.epoch ?? 0)
    let reports = try checkpoint.map {
      try TrainingLog(file: $0.folder.appending(path: log), history: training.history)
    }
    let events = try checkpoint.map { try TensorBoardWriter(folder: $0.folder) }
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
    if training.outcome == .stoppedEarly { observer.hear(.stoppedEarly(facts)) }
    let validated = training.history.filter { !$0.validation.isEmpty }
    return EpochSummary(
      name: facts.name,
      seconds: training.history.reduce(0) { $0 + $1.seconds + $1.validationSeconds },
      epochs: training.history.count,
      losses: training.history.map(\.loss),
      validations: validated.compactMap { $0.validation[train.metric] }, metric: train.metric,
      parameters: training.parameters.count)
  }

  /// Tells how far sweeps or passes are.
  func hear(
    pass unit: String, _ done: Int, of total: Int, _ detail: String = "", isResumed: Bool = false
  ) {
    observer.hear(
      .pass(
        TrainingEvent.Pass(
          unit: unit, done: done, total: total, detail: detail, isResumed: isResumed)))
  }
}
