import ArgumentParser
import CorralData
import CorralPipeline
import CorralSimulation
import CorralText
import Foundation

/// `corral simulate`: people with known tastes, who click on what they are shown.
struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulates people who click on what they are shown: for tests, demos and load.",
    discussion: """
      In the simulated world tastes drift, topics have seasons, and each day a tenth of the items is \
      new. The truth is known, so that a list can be compared with the best one there is. The same \
      settings and seed make the same world, day by day. --set changes a setting: topics, hidden, \
      list, newItems, newUsers, drift, several, season, quality, sharpness, bias, bestRate, start.
      """,
    subcommands: [Events.self, Run.self])

  /// `corral simulate events DIR`.
  struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes a log of the first days, for a model to be trained on.",
      discussion: """
        Lists are filled by chance: half with what is popular, a fifth with the best there is, the \
        rest at random. `corral simulate run --from-day` goes on where the log ends.
        """)

    @Argument(help: "The folder to write into.")
    var path: String

    @Option(help: "How many days the log has.")
    var days = 30

    @Flag(help: "Write what was shown and not clicked too, with weight 0.")
    var impressions = false

    @Option(help: "The format to write: atomic, csv or jsonl.")
    var to = "atomic"

    @OptionGroup var world: WorldOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
      try Simulate.check(days: days)
    }

    func run() async throws {
      let console = output.console
      try OutputPlace.check(path, option: "path")
      let format = try DataFormat(named: to)
      guard [.atomic, .csv, .jsonl].contains(format) else {
        throw InputError.options("--to \(to) cannot be written; give atomic, csv or jsonl")
      }
      let settings = try world.settings()
      var bar = ProgressBar(
        "simulating", of: days * settings.visits, unit: "visits", console: console)
      let log = try await SimulatedLog(
        settings, days: days, withImpressions: impressions, measures: true
      ) { bar.update($0) }
      bar.finish()
      let report = DayReport(log.reports, policy: SimulatedLog.policy)
      guard report.clicks > 0 else {
        throw InputError.other(
          "nobody clicked anything in \(Format.counted(days, "day")); give more --days or --visits, "
            + "or a larger --set bestRate")
      }
      let data = log.dataset(named: "simulated")
      let written = try data.write(to: path, as: format)
      try console.printJSON(
        Written(
          path: path, files: written.files, world: settings, days: days, users: data.users.count,
          items: data.items.count, clicks: data.log.count, impressions: data.impressions.count,
          report: report))
      console.print(
        "\(Format.counted(days, "day")): \(Format.counted(data.users.count, "user")), "
          + "\(Format.counted(data.items.count, "item")), "
          + "\(Format.counted(data.log.count, "click"))"
          + (impressions ? " and \(Format.counted(data.impressions.count, "impression"))" : "")
          + " in \(written.files.joined(separator: ", "))")
      console.print(
        "click rate \(Format.percent(report.clickRate.rate)); the best lists have "
          + "\(Format.percent(report.best)), popular ones \(Format.percent(report.popular)), "
          + "random ones \(Format.percent(report.random))")
      let next =
        ["corral", "simulate", "run", "--url", "http://127.0.0.1:8088", "--from-day", "\(days)"]
        + world.words
      console.suggest([
        (ShellCommand.of(["corral", "train", "--data", path, "--out", "model"]), "a model of it"),
        ("corral serve model", "the model in front of people"),
        (ShellCommand.of(next), "the same people, from the day after the log on"),
      ])
    }

    private struct Written: Encodable {
      let path: String
      let files: [String]
      let world: WorldSettings
      let days: Int
      let users: Int
      let items: Int
      let clicks: Int
      let impressions: Int
      let report: DayReport
    }
  }

  /// Refuses numbers of days that nobody could simulate.
  static func check(days: Int) throws {
    if !(1...100_000).contains(days) {
      throw ValidationError("--days is \(days); give 1 to 100000")
    }
  }
}
