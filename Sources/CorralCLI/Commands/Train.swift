import ArgumentParser
import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralModels
import CorralPipeline
import CorralSettings
import CorralText
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
    try OutputPlace.check(out)
    let place = URL(filePath: out)
    let checkpoint = CheckpointFolder(beside: place)
    if resume, !checkpoint.exists,
      FileManager.default.fileExists(atPath: place.appending(path: Manifest.fileName).path)
    {
      return try checkFinished(place, console)
    }
    let lock = try checkpoint.claim(isResuming: resume, place: place)
    try withExtendedLifetime(lock) {
      try checkpoint.clearingUp { try train(to: place, checkpoint, console) }
    }
  }

  /// Says that there is nothing to do if the model is the one that the options ask for.
  private func checkFinished(_ place: URL, _ console: Console) throws {
    let notes = try FinishedModel(at: place, named: out).check(isDataNamed: settings.data != nil) {
      overlay in
      try settings.apply(to: &overlay)
      return settings.overriding(try overlay.decoded())
    } alone: {
      try settings.merged()
    }
    console.say(notes)
    console.note("nothing to resume: \(out) is complete, with these settings and data")
    try console.printJSON(Finished(model: out, resumed: false))
  }

  private struct Finished: Encodable {
    let model: String
    let resumed: Bool
  }

  private func train(to place: URL, _ checkpoint: CheckpointFolder, _ console: Console) throws {
    var settings = try settings.merged(over: resume ? checkpoint.settings : nil)
    for line in try self.settings.movedKeys() { console.note(line) }
    settings.dropUnreadImpressions()
    settings.chooseNewItems()
    console.note(console.noteStyle.dim(try settings.differing()))
    try settings.validate()
    let data = try console.loading(settings.data)
    let items = data.split.interactedItemCount
    if let change = settings.fitCutoffs(toItems: items) { console.note(change) }
    console.print(DataTables.overview(data).rendered(console.style, headed: false) + "\n")
    // A cut-off that does not fit is found before hours of training, not after.
    let ranking = try ranking(of: data, settings, on: console)
    Interruption.listen()
    let training = ModelTraining(
      settings, on: data, checkpoint: checkpoint, observer: TrainingView(on: console).observer)
    try checkpoint.begin(settings)
    let outcome = try training.trained()
    if outcome.isStopped {
      console.note("stopped; go on with: corral train --out \(out.shellQuoted) --resume")
      throw ExitCode(Failure.stopped)
    }
    let measured = try ranking.map {
      try Measurement(
        outcome.scoring(data.split, part: .test, settings.clusters), then: outcome.ranker, by: $0,
        on: data.split, part: .test, lists: outcome.clusters.map { ListMeasuring($0.items) })
    }
    let saved = try ModelSaving(
      settings: settings, data: data, measured: measured, outcome: outcome,
      attachments: training.attachments
    ).write(to: place)
    if let warning = saved.unconfirmedWarning { console.warn(warning) }
    if !keepCheckpoint { checkpoint.remove() }
    try show(outcome, measured?.report(), data: data, settings: settings, on: console)
  }

  /// What measures the model on the test part; `nil` where nothing is held out for it.
  ///
  /// Says what of the held-out parts no model can find.
  private func ranking(
    of data: LoadedData, _ settings: Settings, on console: Console
  ) throws -> FullRanking? {
    let validation = data.split.account(of: .validation)
    if settings.evaluate.seen == .masked, validation.repeatedTargets * 2 > validation.targets {
      console.warn(
        """
        \(Format.count(validation.repeatedTargets)) of \
        \(Format.counted(validation.targets, "validation target")) were met before and are masked, \
        so that \(settings.train.metric) cannot see them: set evaluate.seen to ranked
        """)
    }
    guard !data.split.test.values.isEmpty else {
      console.warn("nothing is held out for the test, so the model is saved without being measured")
      return nil
    }
    let ranking = try FullRanking(of: data.split, settings: settings.evaluate)
    if let count = settings.evaluate.sweep.first(where: { $0 > ranking.itemCount }) {
      throw InputError.other(
        "setting 'evaluate.sweep' has \(count), and the catalogue only "
          + "\(Format.count(ranking.itemCount)) items; give at most as many candidates")
    }
    return ranking
  }

  private func show(
    _ outcome: ModelTraining.Outcome, _ report: EvaluationReport?, data: LoadedData,
    settings: Settings, on console: Console
  ) throws {
    let stage = report?.lastStage ?? [:]
    try console.printJSON(
      Output(
        model: out, kind: settings.retriever.name, ranker: settings.ranker.name,
        data: data.provenance, epochs: outcome.retriever.epochs, metrics: stage,
        stages: report?.stages ?? [:], counts: report?.counts, seconds: outcome.seconds))
    console.print(outcome.summary(console.style))
    if let report {
      console.print("\n" + EvaluationTables.metrics(stage).rendered(console.style))
      console.print(console.style.dim(EvaluationTables.protocolLine(report)))
      for line in EvaluationTables.masked(report) { console.print(console.style.warning(line)) }
      if report.twoStage != nil { console.print() }
      console.printStages(report)
    }
    console.print("\nsaved in \(console.style.bold(out))")
    let (model, user) = (out.shellQuoted, ShellCommand.option("--user", data.dataset.users[0]))
    console.suggest(
      [("corral recommend \(model) \(user)", "what it recommends")]
        + (report == nil ? [] : [("corral evaluate \(model)", "the same numbers with slices")])
        + [("corral index check \(model)", "how fast and how exact its index is")])
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
    /// How much was measured; `nil` if nothing is held out for the test.
    let counts: EvaluationReport.Counts?
    let seconds: Double
  }
}
