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

  /// The experiments that there are.
  enum Name: RawRepresentable, CaseIterable {
    case popularityBias
    case frequencyEstimator
    case arms(ArmStudy)

    static var allCases: [Self] {
      [.popularityBias, .frequencyEstimator] + ArmStudy.allCases.map { .arms($0) }
    }

    init?(rawValue: String) {
      guard let name = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
      self = name
    }

    var rawValue: String {
      switch self {
      case .popularityBias: PopularityBias.name
      case .frequencyEstimator: FrequencyEstimatorStudy.name
      case .arms(let study): study.rawValue
      }
    }

    /// What the experiment answers.
    var question: String {
      switch self {
      case .popularityBias: PopularityBias.question
      case .frequencyEstimator: FrequencyEstimatorStudy.question
      case .arms(let study): study.question
      }
    }
  }

  /// `corral experiment list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the experiments.")

    @OptionGroup var output: OutputOptions

    func run() throws {
      let console = output.console
      try console.printJSON(
        Dictionary(uniqueKeysWithValues: Name.allCases.map { ($0.rawValue, $0.question) }))
      for name in Name.allCases {
        console.print("\(console.style.bold(name.rawValue))\n  \(name.question)\n")
      }
    }
  }

  /// `corral experiment run NAME`.
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Runs an experiment by name, or again from the settings.json it wrote.",
      discussion: """
        Without --data an experiment makes up its data, where it can. --set changes any of its \
        settings; --out writes a folder with settings.json, results.json and README.md; --results \
        writes the table into a Markdown file of results.
        """)

    @Argument(help: "The name of an experiment, or a settings.json that one wrote.")
    var experiment: String

    @OptionGroup var settings: SettingsOptions

    @Option(help: ArgumentHelp("Where to write the experiment's folder.", valueName: "dir"))
    var out: String?

    @Option(
      help: ArgumentHelp("A Markdown file whose section of this is replaced.", valueName: "file"))
    var results: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
      var settings = settings
      var name = experiment
      if FileManager.default.fileExists(atPath: experiment), Name(rawValue: experiment) == nil {
        name = try ExperimentFolder.name(inSettings: experiment)
        settings.config = settings.config ?? experiment
      }
      // Hours of training are not to end with a place that is taken.
      if let out {
        try OutputPlace.check(out)
        try ExperimentFolder.checkFree(URL(filePath: out))
      }
      if let results { try OutputPlace.check(results, option: "--results") }
      switch Name(rawValue: name) {
      case .popularityBias: try runPopularityBias(settings)
      case .frequencyEstimator: try runFrequencyEstimator(settings)
      case .arms(let study): try runArms(study, settings)
      case nil:
        let names = Name.allCases.map(\.rawValue)
        let meant = name.nearest(among: names).map { "; did you mean '\($0)'?" }
        throw InputError.options(
          "no experiment '\(name)'\(meant ?? "; there are \(names.joined(separator: ", "))")")
      }
    }

    private func runPopularityBias(_ settings: SettingsOptions) throws {
      let console = output.console
      var overlay = SettingsOverlay(PopularityBias.Options())
      try settings.apply(to: &overlay)
      var options = try overlay.decoded()
      options.run = settings.overriding(options.run)
      if let seed = settings.seed { options.seeds = [seed] }
      let results = try PopularityBias(
        options: options, note: console.note, observer: TrainingView(on: console).observer
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
          name: PopularityBias.name, question: PopularityBias.question,
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

    private func runArms(_ study: ArmStudy, _ settings: SettingsOptions) throws {
      let console = output.console
      let own = ["seeds", "repeatWithin", "repeated", "only", "against", "arms", "pair"]
      let (mine, ofArms) = (
        settings.assignments.filter { own.contains($0.settingName) },
        settings.assignments.filter { !own.contains($0.settingName) }
      )
      /// The options over the arms of a pair.
      func options(_ pair: ArmStudy.Pair) throws -> ArmTable.Options {
        var overlay = SettingsOverlay(ArmTable.Options(study, pair: pair))
        try overlay.apply(file: settings.config, assignments: mine)
        return try overlay.decoded()
      }
      var options = try options(try options(.mfDeepFM).pair)
      // What is no setting of the experiment is one of every arm.
      options.set += ofArms
      if let data = settings.data { options.data = data }
      if let seed = settings.seed { options.seeds = [seed] }
      let place = URL(filePath: out ?? "\(study.rawValue)-models")
      let found = try ArmTable(
        options: options, folder: place.appending(path: "models"), note: console.note
      ).run()
      let table = found.table(rows: study.rowTitle, published: study.published(options.pair))
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
      let data = URL(filePath: options.data).lastPathComponent
      try save(
        ExperimentFolder(
          name: study.rawValue, question: study.question,
          table: """
            \(found.rules.split), seen items \(found.rules.masked ? "masked" : "ranked"), \
            \(found.rules.candidates); seeds \(found.seeds), p against \
            \(found.against)\(options.settingsOfAll)

            \(table.markdown)
            """,
          seconds: found.rows.reduce(0) { $0 + $1.seconds * Double($1.seeds.count) }),
        settings: options, results: found,
        section: study.isOfPairs
          ? "\(study.rawValue): \(options.pair.rawValue) on \(data)" : "\(study.rawValue): \(data)")
    }

    private func save(
      _ folder: ExperimentFolder, settings: some Encodable, results found: some Encodable,
      section: String? = nil
    ) throws {
      if let results {
        try ResultsFile(URL(filePath: results))
          .write(folder.section, under: section ?? folder.name)
        output.console.note("written to \(results)")
      }
      guard let out else { return }
      try folder.write(settings: settings, results: found, to: URL(filePath: out))
      output.console.note("written to \(out)")
    }
  }
}

extension String {
  /// The setting that a `key.path=value` names, up to the first dot.
  fileprivate var settingName: String {
    String(prefix { $0 != "=" && $0 != "." })
  }
}
