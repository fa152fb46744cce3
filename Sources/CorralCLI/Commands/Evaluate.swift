import ArgumentParser
import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralIndex
import CorralPipeline
import CorralSettings
import CorralText
import Foundation

/// `corral evaluate DIR`: how good a saved model is on what was held out.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures a saved model by ranking the whole catalogue.",
    discussion: """
      The data are those the model was trained on, found again by path and checked by SHA-256, and \
      cut as they were; --data reads them from another place. Settings of the block `evaluate` can \
      be changed with --set. A model that was saved with an index is measured twice: by exact \
      search, and through the index that recommendations come from.
      """)

  @Argument(help: "The directory of a saved model.")
  var model: String

  @Option(help: "Where the data are now.")
  var data: String?

  @Option(help: "The held-out part: test or validation.")
  var split = HeldOut.test

  @Option(help: .listClusters)
  var clusters: String?

  @Flag(help: .withinClusters)
  var withinClusters = false

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("One setting of evaluate, as in cutoffs=[10,20].", valueName: "key=value"))
  var assignments: [String] = []

  @OptionGroup var output: OutputOptions

  func run() throws {
    let console = output.console
    let opened = try OpenedModel(model)
    var overlay = SettingsOverlay(opened.settings.evaluate)
    for assignment in assignments {
      try overlay.set(assignment.droppingPrefix("evaluate."))
    }
    let data = try opened.loadData(from: data)
    console.say(opened.notes)
    console.say(data)
    let clusters = clusters.map { ListClusters($0) }
    if withinClusters {
      if opened.ranker != nil {
        console.note("the ranker has no part in a ranking within clusters: this is the retriever")
      }
      let evaluation = try opened.measuredWithinClusters(
        clusters, on: data, part: split, settings: overlay.decoded())
      return try show(evaluation.report(), of: opened, data: data, on: console)
    }
    let ranking = try FullRanking(of: data.split, part: split, settings: overlay.decoded())
    console.detail(
      "ranking \(Format.counted(ranking.itemCount, "item")) for "
        + Format.counted(ranking.userCount, "user"))
    let lists = try opened.listMeasuring(by: clusters, on: data)
    var report = try opened.measured(by: ranking, on: data.split, part: split, lists: lists)
      .report()
    report.index = try opened.measuredThroughIndex(by: ranking, on: data.split, part: split)
    try show(report, of: opened, data: data, on: console)
  }

  private func show(
    _ report: EvaluationReport, of opened: OpenedModel, data: LoadedData, on console: Console
  ) throws {
    try console.printJSON(EvaluationOutput(data: data.provenance, report: report))
    let stage = report.lastStage
    console.print("\(console.style.bold(opened.name))  \(opened.kind)")
    console.print(console.style.dim(data.summary.foldedAtCommas))
    console.print(console.style.dim(EvaluationTables.protocolLine(report)))
    for line in EvaluationTables.masked(report) { console.print(console.style.warning(line)) }
    console.print("\n" + EvaluationTables.metrics(stage).rendered(console.style) + "\n")
    if let lists = EvaluationTables.lists(report) {
      console.print(lists.rendered(console.style))
      if let line = EvaluationTables.listsLine(report) { console.print(console.style.dim(line)) }
      console.print()
    }
    if let index = EvaluationTables.index(report) {
      console.print(index.rendered(console.style) + "\n")
    }
    console.printStages(report)
    let headline = EvaluationTables.headline(of: stage)
    console.print(
      EvaluationTables.slices(report.slices, metric: headline).rendered(console.style))
    console.note(
      console.noteStyle.dim(
        """

        \(Format.seconds(report.seconds)), \(Format.short(report.usersPerSecond)) users/s; \
        ± is half of the 95% interval over users
        """))
    let (quoted, user) = (model.shellQuoted, ShellCommand.option("--user", opened.users[0]))
    console.suggest([
      ("corral compare \(quoted) OTHER", "paired tests between models on the same users"),
      ("corral recommend \(quoted) \(user)", "what it recommends"),
    ])
  }
}

/// What `corral evaluate --json` prints.
struct EvaluationOutput: Encodable {
  let data: Manifest.DataProvenance
  let report: EvaluationReport

  private enum CodingKeys: CodingKey { case data }

  func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(data, forKey: .data)
  }
}
