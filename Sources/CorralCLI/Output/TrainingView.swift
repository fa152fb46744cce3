import CorralModels
import CorralPipeline
import CorralText
import CorralTraining
import Foundation

/// Shows a training while it runs: a bar while an epoch lasts, a line when it is done.
final class TrainingView {
  private let console: Console
  private var bar: ProgressBar?

  /// A view on the notes of a console.
  init(on console: Console) { self.console = console }

  /// What follows a training for this view; Ctrl-C stops it.
  var observer: TrainingObserver {
    TrainingObserver(hear: hear, shouldStop: { Interruption.isRequested })
  }

  private func hear(_ event: TrainingEvent) {
    switch event {
    case .began(let stage): began(stage)
    case .step(let progress, let stage): step(progress, of: stage)
    case .epoch(let epoch, let stage): ended(epoch, of: stage)
    case .note(let text): console.note(text)
    case .clustered(let clusters): console.note(ClusterTables.line(clusters))
    case .foretold(let report): if let report { console.note(ClusterTables.line(report)) }
    case .ended(let stage, let outcome):
      endBar()
      if outcome == .stoppedEarly {
        console.note(
          "no better \(stage.train.metric) for "
            + Format.counted(stage.train.patience, "validation"))
      }
    }
  }

  private func began(_ stage: TrainingEvent.Stage) {
    guard stage.unit == .epoch else {
      if stage.epochsDone > 0 {
        console.note("going on after \(stage.unit.rawValue) \(stage.epochsDone)")
      }
      return showUnits(stage.epochsDone, of: stage)
    }
    if stage.epochsDone > 0 {
      console.note("\(stage.name): going on after epoch \(stage.epochsDone)")
    }
    console.note(
      "\(stage.name): \(Format.counted(stage.parameters, "parameter")), "
        + "\(Format.counted(stage.stepsPerEpoch, "step")) an epoch, on \(stage.train.device)")
  }

  private func step(_ progress: StepProgress, of stage: TrainingEvent.Stage) {
    guard stage.unit == .epoch else { return showUnits(progress.epoch, of: stage) }
    let watched = stage.watched.map { "  \(stage.train.metric) \(Format.metric($0))" } ?? ""
    show(
      "epoch \(progress.epoch)/\(progress.epochs)", progress.step * stage.train.batch,
      of: progress.steps * stage.train.batch, unit: "examples",
      String(format: "loss %.4f", progress.meanLoss) + watched,
      secondsLeft: progress.secondsLeft)
  }

  private func ended(_ epoch: EpochReport, of stage: TrainingEvent.Stage) {
    guard stage.unit == .epoch else {
      let rate = "\(Format.short(epoch.examplesPerSecond)) examples/s"
      return console.detail(
        "\(stage.unit.rawValue) \(epoch.epoch)/\(stage.epochs)  "
          + "\(Format.seconds(epoch.seconds))  \(rate)")
    }
    endBar()
    console.note(line(epoch, stage.train))
  }

  /// Shows how many sweeps or passes are done, in one bar for all.
  private func showUnits(_ done: Int, of stage: TrainingEvent.Stage) {
    show(stage.unit.plural, done, of: stage.epochs, unit: stage.unit.plural)
  }

  private func show(
    _ title: String, _ done: Int, of total: Int, unit: String, _ more: String = "",
    secondsLeft: Double? = nil
  ) {
    var bar = bar ?? ProgressBar(title, of: total, unit: unit, console: console)
    bar.update(done, more, secondsLeft: secondsLeft)
    self.bar = bar
  }

  private func endBar() {
    bar?.finish()
    bar = nil
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

extension ModelTraining.Outcome {
  /// What training did to each stage, for people.
  func summary(_ style: TextStyle) -> String {
    summaries.map { $0.text(style) }.joined(separator: "\n")
  }
}

extension EpochSummary {
  /// What training did, in one line and in plots of loss and metric.
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
