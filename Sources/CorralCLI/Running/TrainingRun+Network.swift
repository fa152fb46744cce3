import CorralData
import CorralEvaluation
import CorralModels
import CorralSampling
import CorralTraining
import Foundation
import Torch

extension Settings {
  /// The library's settings of a network's training, from the blocks that say something about it.
  func training(_ retriever: RetrieverSettings) -> RetrieverTrainingSettings {
    var training = RetrieverTrainingSettings()
    training.retriever = retriever
    training.loss = loss
    training.negatives = negatives
    training.correction = correction
    training.train = train
    training.seen = evaluate.seen
    return training
  }
}

extension TrainingRun {
  /// Epochs of a network by gradient, validated, logged, and saved after each.
  func network(_ retriever: RetrieverSettings) throws -> Outcome {
    let folder = checkpoint?.folder
    Torch.keepMemory()
    var training = try RetrieverTraining(
      settings.training(retriever), on: data.split, of: Catalogue(data.dataset),
      checkpoint: folder?.appending(path: "run.safetensors"), from: .checkpoint)
    if let last = training.history.last { console.note("going on after epoch \(last.epoch)") }
    let log = try folder.map {
      try TrainingLog(file: $0.appending(path: "training.jsonl"), history: training.history)
    }
    let events = try folder.map { try TensorBoardWriter(folder: $0) }
    console.note(
      "\(Format.count(training.parameters.count)) parameters, "
        + "\(Format.count(training.stepsPerEpoch)) steps an epoch, on \(settings.train.device)")
    let start = ContinuousClock.now
    while let epoch = try nextEpoch(of: &training) {
      try log?.append(epoch)
      try events?.write(epoch)
      console.note(line(epoch))
    }
    if training.outcome == .stoppedEarly {
      console.note("no better \(settings.train.metric) for \(settings.train.patience) validations")
    }
    let validated = training.history.filter { !$0.validation.isEmpty }
    return Outcome(
      model: .network(try training.model()), seconds: (ContinuousClock.now - start).inSeconds,
      epochs: training.history.count, losses: training.history.map(\.loss),
      validations: validated.compactMap { $0.validation[settings.train.metric] },
      metric: settings.train.metric, parameters: training.parameters.count,
      isStopped: training.outcome == .interrupted, attachments: attachments(in: folder),
      estimator: training.negativesInUse.correction.estimator)
  }

  private func nextEpoch(of training: inout RetrieverTraining) throws -> EpochReport? {
    let examples = training.stepsPerEpoch * settings.train.batch
    let number = (training.history.last?.epoch ?? 0) + 1
    var bar = ProgressBar(
      "epoch \(number)/\(settings.train.epochs)", of: examples, unit: "examples", console: console)
    let last = training.history.last?.validation[settings.train.metric]
    let watched = last.map { "  \(settings.train.metric) \(Format.metric($0))" } ?? ""
    let epoch = try training.next { progress in
      bar.update(
        progress.step * settings.train.batch,
        String(format: "loss %.4f", progress.meanLoss) + watched,
        secondsLeft: progress.secondsLeft)
    } shouldStop: {
      Interruption.isRequested
    }
    bar.finish()
    return epoch
  }

  /// One line an epoch: loss, metric, rate, time, memory.
  private func line(_ epoch: EpochReport) -> String {
    var parts = [
      "epoch \(epoch.epoch)/\(settings.train.epochs)", String(format: "loss %.4f", epoch.loss),
    ]
    if let value = epoch.validation[settings.train.metric] {
      let mark = epoch.isBest ? console.noteStyle.good(" best") : ""
      parts.append("\(settings.train.metric) \(Format.metric(value))\(mark)")
    }
    parts += [
      "\(Format.short(epoch.examplesPerSecond)) examples/s",
      Format.seconds(epoch.seconds + epoch.validationSeconds), Format.bytes(epoch.peakMemory),
    ]
    return parts.joined(separator: "  ")
  }

  private func attachments(in folder: URL?) -> [URL] {
    guard let folder else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0 == "training.jsonl" || $0.hasPrefix("events.") }.sorted()
      .map { folder.appending(path: $0) }
  }
}

extension TrainingRun.Outcome {
  /// What training did, as one line, and as plots where there is something to look at.
  func summary(_ style: TextStyle) -> String {
    var lines = [
      "\(Format.count(parameters)) parameters, \(epochs) epochs in \(Format.seconds(seconds))"
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
