import ArgumentParser
import CorralArtifacts
import CorralData
import CorralPipeline
import CorralText
import Foundation

/// `corral data`: looking at data, checking them, converting them, making them up.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Describes, validates, converts, exports and makes up data.",
    subcommands: [
      Describe.self, Validate.self, Convert.self, ExportEvents.self, Synthesize.self,
    ])

  /// `corral data describe PATH`.
  struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows what a data set is like, in numbers.")

    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let console = output.console
      let settings = try data.settings()
      let (dataset, report) = try Dataset.load(settings)
      let description = DataDescription(dataset)
      try console.printJSON(Output(description: description, load: report))
      console.print("\(console.style.bold(description.name))  \(report.format.rawValue)\n")
      console.print(DataTables.facts(description).rendered(console.style, headed: false))
      console.print("\n" + DataTables.spreads(description).rendered(console.style))
      console.print("\n" + DataTables.sources(report).rendered(console.style))
      if !report.eventKinds.isEmpty {
        console.print("\n" + DataTables.events(report).rendered(console.style))
      }
      if !report.features.isEmpty {
        console.print("\n" + DataTables.matches(report).rendered(console.style))
      }
      if !description.features.isEmpty {
        console.print("\n" + DataTables.features(description).rendered(console.style))
      }
      console.say(report.notes)
      do {
        let split = try dataset.split(settings.split)
        if let ties = split.tiesLine { console.say([DataNote(.note, ties)]) }
      } catch {
        console.say([DataNote(.warning, "the data cannot be split as they are: \(error)")])
      }
      for problem in report.problems.prefix(5) { console.warn("\(problem)") }
      console.note(
        console.noteStyle.dim(
          "\n\(Format.counted(report.rows, "row")) read in \(Format.seconds(report.seconds))"))
      console.suggest([
        (data.command("data validate"), "every problem, with file and line"),
        (data.trainCommand, "a model of it"),
      ])
    }

    private struct Output: Encodable {
      let description: DataDescription
      let load: LoadReport

      private enum CodingKeys: CodingKey { case load }

      func encode(to encoder: any Encoder) throws {
        try description.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(load, forKey: .load)
      }
    }
  }

  /// `corral data validate PATH`: exit code 0 where nothing is wrong, 2 where something is.
  struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists every problem of a data set, with file and line.",
      discussion: "Ends with exit code 0 when nothing is wrong, and with 2 when something is.")

    @OptionGroup var data: DataOptions

    @Option(help: ArgumentHelp("How many problems to list.", valueName: "count"))
    var limit = 100

    @OptionGroup var output: OutputOptions

    func run() throws {
      let console = output.console
      let report = DataReport(validating: try data.settings(), limit: limit)
      try console.printJSON(report)
      if !report.load.columns.isEmpty {
        console.print(console.style.dim(report.load.columnsLine))
      }
      for problem in report.problems { console.print("\(problem)") }
      if report.problemCount > report.problems.count {
        console.print("and \(Format.count(report.problemCount - report.problems.count)) more")
      }
      for note in report.notes {
        console.print(
          note.kind == .warning
            ? console.style.warning("warning: ") + note.text
            : console.style.dim("note: \(note.text)"))
      }
      if !report.failure.isEmpty { console.print(console.style.bad(report.failure)) }
      let rows = Format.counted(report.load.rows, "row")
      guard report.isValid else {
        console.print("\(rows), \(Format.count(report.problemCount)) with a problem")
        throw ExitCode(Failure.badInput)
      }
      console.print(console.style.good("\(rows), nothing wrong"))
    }
  }

  /// `corral data convert PATH --to FORMAT --out DIR`.
  struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes a data set in another format, filters and event weights applied.")

    @OptionGroup var data: DataOptions

    @Option(help: "The format to write: atomic, csv or jsonl.")
    var to = "atomic"

    @Option(help: ArgumentHelp("The folder to write into.", valueName: "dir"))
    var out: String

    @OptionGroup var output: OutputOptions

    func run() throws {
      try OutputPlace.check(out)
      let format = try DataFormat(named: to)
      let (dataset, report) = try Dataset.load(data.settings())
      output.console.say(report.notes)
      try DataCommand.write(dataset, to: out, as: format, on: output.console)
    }
  }

  /// `corral data synthesize PATH`.
  struct Synthesize: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes up a data set with structure worth learning.",
      discussion: """
        Popularity follows a power law, users have genres that drift, series are met in order, and \
        items have titles one can read. The same sizes and seed give the same files.
        """)

    @Argument(help: "The folder to write into.")
    var path: String

    @Option(help: "How many users.") var users = SyntheticSettings().users
    @Option(help: "How many items.") var items = SyntheticSettings().items
    @Option(help: "How many interactions.") var interactions = SyntheticSettings().interactions
    @Flag(help: "Add the context of interactions: the columns tab and hour.") var context = false
    @Flag(help: "Add labels of interactions: the columns is_click, is_like and watch.")
    var labels = false
    @Option(help: "How many items are shown with each interaction and not taken.")
    var impressions = SyntheticSettings().impressions
    @Option(help: "The seed of everything that is drawn.") var seed = SyntheticSettings().seed
    @Option(help: "The format to write: atomic, csv or jsonl.") var to = "atomic"

    @OptionGroup var output: OutputOptions

    func run() throws {
      try OutputPlace.check(path, option: "path")
      let format = try DataFormat(named: to)
      let settings = SyntheticSettings(
        users: users, items: items, interactions: interactions, seed: seed, context: context,
        labels: labels, impressions: impressions)
      try DataCommand.write(
        Dataset.synthesized(settings), to: path, as: format, on: output.console)
    }
  }

  /// Writes a data set, and says what came of it.
  private static func write(
    _ dataset: Dataset, to folder: String, as format: DataFormat, on console: Console
  ) throws {
    let report = try dataset.write(to: folder, as: format)
    try console.printJSON(
      Written(
        path: folder, files: report.files, users: dataset.users.count, items: dataset.items.count,
        interactions: dataset.log.count, impressions: dataset.impressions.count))
    let shown =
      dataset.impressions.count == 0
      ? "" : " and \(Format.counted(dataset.impressions.count, "impression"))"
    console.print(
      """
      \(Format.counted(dataset.users.count, "user")), \
      \(Format.counted(dataset.items.count, "item")), \
      \(Format.counted(dataset.log.count, "interaction"))\(shown) in \
      \(report.files.joined(separator: ", "))
      """)
    if !report.renamedColumns.isEmpty {
      console.warn(
        "columns with the names of others are now \(report.renamedColumns.joined(separator: ", "))")
    }
    if report.flattenedTitles > 0 {
      console.warn(
        "\(report.flattenedTitles) titles held a tab or a line end, which is now a space; --to csv"
          + " keeps them")
    }
    if report.escapedTokens > 0 {
      console.warn(
        "\(report.escapedTokens) ids and categories are not UTF-8, which JSON needs: their bytes are"
          + " escaped as \\udc80 to \\udcff, which Corral and Python read back")
    }
    if report.replacedCategories > 0 {
      console.warn("\(report.replacedCategories) categories held a separator, which is now _")
    }
    console.suggest([
      (ShellCommand.of(["corral", "data", "describe", folder]), "what it is like"),
      (ShellCommand.of(["corral", "train", "--data", folder, "--out", "model"]), "a model of it"),
    ])
  }

  private struct Written: Encodable {
    let path: String
    let files: [String]
    let users: Int
    let items: Int
    let interactions: Int
    let impressions: Int
  }
}
