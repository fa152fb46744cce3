import ArgumentParser
import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralTraining
import Foundation

/// `corral train`: from a log to a saved model.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a model on a log of interactions and saves it.",
    discussion: """
      Settings: command line over file over defaults; the merged settings are saved with the model. \
      Ctrl-C saves a checkpoint beside --out and stops; --resume goes on from there, and ends with \
      the same model as a run that was never stopped. What can be trained: corral models; one of \
      them: --set retriever.model=mf.
      """)

  @OptionGroup var settings: SettingsOptions

  @Option(help: ArgumentHelp("The directory of the model, made or replaced.", valueName: "dir"))
  var out: String

  @Flag(help: "Go on with a run that was stopped or killed.")
  var resume = false

  @Flag(help: "Keep the checkpoint beside the model, to train more epochs with --resume.")
  var keepCheckpoint = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let console = output.console
    let place = URL(filePath: out)
    let checkpoint = Checkpoint(beside: place)
    if resume, !checkpoint.exists,
      FileManager.default.fileExists(atPath: place.appending(path: Manifest.fileName).path)
    {
      try FinishedRun(at: place, named: out).check(settings, console: console)
      return
    }
    let lock = try checkpoint.claim(isResuming: resume, place: place)
    try withExtendedLifetime(lock) {
      try checkpoint.clearingUp { try train(to: place, checkpoint, console) }
    }
  }

  private func train(to place: URL, _ checkpoint: Checkpoint, _ console: Console) throws {
    var settings = try settings.merged(over: resume ? checkpoint.settings : nil)
    settings.dropUnreadImpressions()
    console.note(console.noteStyle.dim(try settings.differing()))
    try TrainingRun.check(settings)
    let data = try LoadedData(settings.data, console: console)
    console.print(DataView.overview(data).rendered(console.style, headed: false) + "\n")
    // A cut-off that does not fit is found before hours of training, not after.
    let ranking = try FullRanking(of: data.split, settings: settings.evaluate)
    if let count = settings.evaluate.sweep.first(where: { $0 > data.split.itemCount }) {
      throw InputError.other(
        "setting 'evaluate.sweep' has \(count), and the catalogue only "
          + "\(Format.count(data.split.itemCount)) items; give at most as many candidates")
    }
    Interruption.listen()
    let run = TrainingRun(
      settings: settings, data: data, console: console, checkpoint: checkpoint)
    try checkpoint.begin(settings)
    let outcome = try run.trained()
    if outcome.isStopped {
      console.note("stopped; go on with: corral train --out \(out) --resume")
      throw ExitCode(Failure.stopped)
    }
    let measured = try Measurement(
      of: outcome.model, then: outcome.ranker, by: ranking, on: data.split, part: .test)
    try ModelSaving(
      settings: settings, data: data, measured: measured, outcome: outcome,
      attachments: run.attachments
    ).write(to: place).warnIfUnconfirmed(on: console)
    if !keepCheckpoint { checkpoint.remove() }
    try show(outcome, measured.report(), data: data, settings: settings, on: console)
  }

  private func show(
    _ outcome: TrainingRun.Outcome, _ report: EvaluationReport, data: LoadedData,
    settings: Settings, on console: Console
  ) throws {
    let stage = report.lastStage
    try console.printJSON(
      Output(
        model: out, kind: settings.retriever.name, ranker: settings.ranker.name,
        data: data.provenance, epochs: outcome.retriever.epochs, metrics: stage,
        stages: report.stages,
        seconds: outcome.seconds))
    console.print(outcome.summary(console.style) + "\n")
    console.print(EvaluationView.metrics(stage).rendered(console.style))
    console.print(console.style.dim(EvaluationView.protocolLine(report)))
    if report.twoStage != nil { console.print() }
    TwoStageView.print(report, on: console)
    console.print("\nsaved in \(console.style.bold(out))")
    console.suggest([
      ("corral recommend \(out) --user \(data.dataset.users[0])", "what it recommends"),
      ("corral evaluate \(out)", "the same numbers with slices"),
      ("corral index check \(out)", "how fast and how exact its index is"),
    ])
  }

  private struct Output: Encodable {
    let model: String
    let kind: String
    let ranker: String
    let data: Manifest.DataProvenance
    let epochs: Int
    /// Of the last stage: what a user gets.
    let metrics: [String: Interval]
    let stages: [String: [String: Interval]]
    let seconds: Double
  }
}
