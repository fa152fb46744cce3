import ArgumentParser
import CorralEvaluation
import CorralExperiments
import CorralSettings
import CorralText
import Foundation

/// `corral experiment`: tables from papers, run again beside the published ones.
struct Experiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs an experiment: a table from a paper, beside the published one.",
    subcommands: [Run.self, List.self])

  /// `corral experiment list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the experiments.")

    @OptionGroup var output: OutputOptions

    func run() throws {
      let console = output.console
      var questions = [
        (FrequencyEstimatorStudy.name, FrequencyEstimatorStudy.question),
        (TrainingThroughput.name, TrainingThroughput.question),
      ]
      for study in try Study.names.compactMap(Study.init(named:)) {
        questions.append((study.name, study.question))
      }
      try console.printJSON(Dictionary(uniqueKeysWithValues: questions))
      for (name, question) in questions {
        console.print("\(console.style.bold(name))\n  \(question)\n")
      }
    }
  }

  /// `corral experiment run NAME`, or `FILE`.
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Runs an experiment: by its name, from a study of yours, or again from its settings.",
      discussion: """
        A study is a YAML file that lists the arms to train; `corral experiment list` shows those \
        that come with Corral. A settings.json that an experiment wrote runs it again. Without --data \
        an experiment makes up its data, if it can. --set changes any of its settings; --out writes a \
        folder with settings.json, results.json and README.md; --results writes the table into a \
        Markdown file of results.
        """)

    @Argument(
      help: "An experiment's name, a study's YAML file, or a settings.json of an experiment.")
    var experiment: String

    @OptionGroup var settings: SettingsOptions

    @Option(help: ArgumentHelp("Where to write the experiment's folder.", valueName: "dir"))
    var out: String?

    @Option(
      help: ArgumentHelp(
        "A Markdown file in which to replace the experiment's section.", valueName: "file"))
    var results: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
      var settings = settings
      var name = experiment
      let isBuiltIn = Self.names.contains(experiment)
      if !isBuiltIn, let saved = ExperimentFolder.experiment(inSettings: experiment) {
        name = saved
        settings.config = settings.config ?? experiment
      }
      // A taken place is an error before hours of training, not after them.
      if let out {
        try OutputPlace.check(out)
        try ExperimentFolder.checkFree(URL(filePath: out))
      }
      if let results { try OutputPlace.check(results, option: "--results") }
      switch name {
      case PopularityBias.name: try runPopularityBias(study(named: name), settings)
      case FrequencyEstimatorStudy.name: try runFrequencyEstimator(settings)
      case TrainingThroughput.name: try runThroughput(settings)
      default: try run(study(named: name), settings)
      }
    }

    /// The experiments that come with Corral.
    private static let names =
      [FrequencyEstimatorStudy.name, TrainingThroughput.name] + Study.names

    /// The study that comes with Corral under a name, or that stands in a file.
    private func study(named name: String) throws -> Study {
      if let study = try Study(named: name) { return study }
      if FileManager.default.fileExists(atPath: name) { return try Study(contentsOf: name) }
      let meant = name.nearest(among: Self.names).map { "; did you mean '\($0)'?" }
      throw InputError.options(
        "no experiment '\(name)'\(meant ?? "; there are \(Self.names.joined(separator: ", "))")")
    }

    private func runPopularityBias(_ study: Study, _ settings: SettingsOptions) throws {
      let console = output.console
      var overlay = SettingsOverlay(PopularityBias.Options())
      try settings.apply(to: &overlay)
      var options = try overlay.decoded()
      options.run = settings.overriding(options.run)
      if let seed = settings.seed { options.seeds = [seed] }
      let results = try PopularityBias(
        study, options: options, note: console.note, observer: TrainingView(on: console).observer
      ).run()
      let cutoff =
        options.run.evaluate.cutoffs.first { $0 == 10 } ?? options.run.evaluate.cutoffs[0]
      let table = results.table(cutoff: cutoff)
      try console.printJSON(results)
      console.print(console.style.dim("\(results.rules.split), seeds \(results.seeds)\n"))
      console.print(table.rendered(console.style))
      console.note(
        console.noteStyle.dim(
          """

          ± is the deviation over seeds; p: paired t-test over users against no correction, for \
          ndcg@\(cutoff); head, middle, tail: ndcg@\(cutoff) of those targets; \
          \(Format.seconds(results.seconds))
          """))
      try save(
        ExperimentFolder(
          name: PopularityBias.name, question: study.question,
          table: results.rules.split + "\n\n" + table.markdown, seconds: results.seconds),
        settings: options, results: results)
    }

    private func runFrequencyEstimator(_ settings: SettingsOptions) throws {
      let console = output.console
      var overlay = SettingsOverlay(FrequencyEstimatorStudy.Options())
      try settings.apply(to: &overlay)
      let options = try overlay.decoded()
      let study = FrequencyEstimatorStudy(options: options)
      let results = study.run(note: console.note)
      try console.printJSON(results)
      for (title, table) in results.tables {
        console.print(console.style.bold(title) + "\n" + table.rendered(console.style) + "\n")
      }
      try save(
        ExperimentFolder(
          name: FrequencyEstimatorStudy.name, question: FrequencyEstimatorStudy.question,
          table: results.tables.map { "\($0)\n\n\($1.markdown)" }.joined(separator: "\n\n"),
          seconds: results.seconds),
        settings: options, results: results)
    }

    private func runThroughput(_ settings: SettingsOptions) throws {
      let console = output.console
      var overlay = SettingsOverlay(TrainingThroughput.Options())
      try settings.apply(to: &overlay)
      let options = try overlay.decoded()
      let results = try TrainingThroughput(options: options).run(note: console.note)
      try console.printJSON(results)
      console.print(results.table.rendered(console.style))
      try save(
        ExperimentFolder(
          name: TrainingThroughput.name, question: TrainingThroughput.question,
          table: results.table.markdown, seconds: results.seconds),
        settings: options, results: results)
    }

    private func run(_ study: Study, _ settings: SettingsOptions) throws {
      let console = output.console
      var options = try ArmTable.Options(
        study, file: settings.config, assignments: settings.assignments)
      if let data = settings.data { options.data = data }
      if let seed = settings.seed { options.seeds = [seed] }
      let place = URL(filePath: out ?? "\(study.title)-models")
      let found = try ArmTable(
        options: options, folder: place.appending(path: "models"), note: console.note
      ).run()
      let pair = try study.pair(named: options.pair)
      let table = found.table(
        rows: study.rows, publishedOn: pair.publishedOn, metrics: study.columns)
      try console.printJSON(found)
      console.print(console.style.dim("\(found.rules.split), seeds \(found.seeds)\n"))
      console.print(table.rendered(console.style))
      console.note(
        console.noteStyle.dim(
          """

          ± is the deviation over seeds; p: paired t-test over users against \(found.against), over the \
          seeds of both; p of seeds: over seeds; its p: that of the retriever alone; time and memory of \
          one training
          """))
      try save(
        ExperimentFolder(study, options: options, results: found),
        settings: options, results: found)
    }

    private func save(
      _ folder: ExperimentFolder, settings: some Encodable, results found: some Encodable
    ) throws {
      if let results {
        try ResultsFile(URL(filePath: results)).write(folder.section, under: folder.heading)
        output.console.note("written to \(results)")
      }
      guard let out else { return }
      try folder.write(settings: settings, results: found, to: URL(filePath: out))
      output.console.note("written to \(out)")
    }
  }
}
