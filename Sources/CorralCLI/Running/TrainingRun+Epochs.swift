import CorralTraining
import Foundation
import Torch

/// A training that goes epoch by epoch: of a retriever, of a ranker, or of both.
protocol EpochTraining {
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
struct EpochSummary {
  /// What was trained: `retriever`, `ranker`, or both.
  let name: String
  /// How long they took, in seconds, those before a resumed run went on among them.
  let seconds: Double
  /// Epochs or sweeps done.
  let epochs: Int
  /// The mean training loss of each epoch, where there is one.
  var losses: [Double] = []
  /// The watched metric after each epoch that was validated, and its name.
  var validations: [Double] = []
  var metric = ""
  /// The number of trained numbers.
  let parameters: Int
}

extension TrainingRun {
  /// Trains to the end, or until the user stops it: validated, logged, and saved after each epoch.
  ///
  /// `log` names the file of reports, where there is a checkpoint to write it beside.
  func epochs(
    of training: inout some EpochTraining, _ train: TrainingSettings, stage: TrainedStage,
    log: String
  ) throws -> EpochSummary {
    let name = stage == .both ? "retriever and ranker" : stage.rawValue
    if let last = training.history.last {
      console.note("\(name): going on after epoch \(last.epoch)")
    }
    let reports = try checkpoint.map {
      try TrainingLog(file: $0.folder.appending(path: log), history: training.history)
    }
    let events = try checkpoint.map { try TensorBoardWriter(folder: $0.folder) }
    console.note(
      "\(name): \(Format.counted(training.parameters.count, "parameter")), "
        + "\(Format.counted(training.stepsPerEpoch, "step")) an epoch, on \(train.device)")
    while let epoch = try nextEpoch(of: &training, train) {
      try reports?.append(epoch)
      try events?.write(epoch, of: stage)
      console.note(line(epoch, train))
    }
    if training.outcome == .stoppedEarly {
      console.note(
        "no better \(train.metric) for \(Format.counted(train.patience, "validation"))")
    }
    let validated = training.history.filter { !$0.validation.isEmpty }
    return EpochSummary(
      name: name,
      seconds: training.history.reduce(0) { $0 + $1.seconds + $1.validationSeconds },
      epochs: training.history.count,
      losses: training.history.map(\.loss),
      validations: validated.compactMap { $0.validation[train.metric] }, metric: train.metric,
      parameters: training.parameters.count)
  }

  private func nextEpoch(
    of training: inout some EpochTraining, _ train: TrainingSettings
  ) throws -> EpochReport? {
    let number = (training.history.last?.epoch ?? 0) + 1
    var bar = ProgressBar(
      "epoch \(number)/\(train.epochs)", of: training.stepsPerEpoch * train.batch,
      unit: "examples", console: console)
    let last = training.history.last?.validation[train.metric]
    let watched = last.map { "  \(train.metric) \(Format.metric($0))" } ?? ""
    let epoch = try training.next { progress in
      bar.update(
        progress.step * train.batch, String(format: "loss %.4f", progress.meanLoss) + watched,
        secondsLeft: progress.secondsLeft)
    } shouldStop: {
      Interruption.isRequested
    }
    bar.finish()
    return epoch
  }

  /// One line an epoch: loss, metric, what the ranker adds to it where both are trained, rate, time,
  /// memory.
  private func line(_ epoch: EpochReport, _ train: TrainingSettings) -> String {
    var parts = ["epoch \(epoch.epoch)/\(train.epochs)", String(format: "loss %.4f", epoch.loss)]
    if let value = epoch.validation[train.metric] {
      let mark = epoch.isBest ? console.noteStyle.good(" best") : ""
      parts.append("\(train.metric) \(Format.metric(value))\(mark)")
    }
    if let alone = epoch.validation["retriever/\(train.metric)"] {
      parts.append("retriever alone \(Format.metric(alone))")
    }
    parts += [
      "\(Format.short(epoch.examplesPerSecond)) examples/s",
      Format.seconds(epoch.seconds + epoch.validationSeconds), Format.bytes(epoch.peakMemory),
    ]
    return parts.joined(separator: "  ")
  }
}

extension EpochSummary {
  /// What training did, as one line, and as plots where there is something to look at.
  func text(_ style: TextStyle) -> String {
    var lines = [
      "\(name): \(Format.counted(parameters, "parameter")), \(Format.counted(epochs, "epoch")) in "
        + Format.seconds(seconds)
    ]
    if losses.count > 1, let first = losses.first, let last = losses.last {
      lines.append(
        "loss     \(style.accent(Plot.sparkline(losses)))  "
          + String(format: "%.4f to %.4f", first, last))
    }
    if validations.count > 1, let best = validations.max() {
      lines.append(
        "\(metric.fitted(to: 8)) \(style.accent(Plot.sparkline(validations)))  "
          + "best \(Format.metric(best)) on validation")
    }
    return lines.joined(separator: "\n")
  }
}
