import ArgumentParser
import CorralBaselines
import CorralData
import CorralEvaluation
import CorralIndex
import CorralModels
import CorralPipeline
import CorralServing
import CorralSettings
import CorralText
import CorralTraining
import CorralVectors
import Foundation

/// `corral quickstart`: from nothing to recommendations, without data and without a network.
struct Quickstart: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes up a catalogue, trains, evaluates and recommends: half a minute, no data.",
    discussion: """
      The data are generated: titles one can read, genres, popularity that follows a power law, \
      tastes that drift, and series that are met in order. Everything is written to --out, so that \
      the commands at the end can be tried on it.
      """)

  @Option(help: ArgumentHelp("Where to write the data and the model.", valueName: "dir"))
  var out = "corral-quickstart"

  @Flag(help: "Serve the model afterwards, on 127.0.0.1:8088.")
  var serve = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let console = output.console
    try OutputPlace.check(out)
    let folder = URL(filePath: out)
    let place = (data: folder.appending(path: "data"), model: folder.appending(path: "model"))
    if FileManager.default.fileExists(atPath: folder.path),
      !FileManager.default.fileExists(atPath: place.model.path)
    {
      throw InputError.exists(out)
    }
    let start = ContinuousClock.now
    console.print(console.style.bold("1. A catalogue with people in it") + "\n")
    try? FileManager.default.removeItem(at: place.data)
    try Dataset.synthesized(.quickstart).write(to: place.data.path, name: "quickstart")
    var settings = Settings.quickstart
    settings.data.path = place.data.path
    let data = try console.loading(settings.data)
    console.print(DataTables.overview(data).rendered(console.style, headed: false) + "\n")

    console.print(console.style.bold("2. Training a two-tower retriever on it") + "\n")
    let outcome = try ModelTraining(
      settings, on: data, observer: TrainingView(on: console).observer
    ).trained()
    console.print(outcome.summary(console.style) + "\n")

    console.print(console.style.bold("3. Is it any good?") + "\n")
    let ranking = try FullRanking(of: data.split, settings: settings.evaluate)
    let evaluation = try ranking.evaluate(outcome.model.scoring(data.split, part: .test))
    let popularity = TrainedModel.popularity(Popularity(data.split))
    let baseline = try ranking.evaluate(popularity.scoring(data.split, part: .test))
    console.print(try comparison(evaluation, baseline).rendered(console.style))
    console.print(console.style.dim(EvaluationTables.protocolLine(evaluation.report())) + "\n")
    try ModelSaving(
      settings: settings, data: data, measured: .retriever(evaluation), outcome: outcome
    ).write(to: place.model)

    let recommender = try Recommender.open(place.model.path)
    let user = recommender.users[Self.interestingUser(of: data)]
    let found = try recommender.recommend(Request(user: user))
    let history = recommender.history(of: user) ?? []
    show(found, to: user, history: history, genres: Genres(data.dataset), on: console)
    let seconds = (ContinuousClock.now - start).inSeconds
    console.note(
      console.noteStyle.dim(
        "\(Format.seconds(seconds)); the data and the model are in \(out)"))
    try console.printJSON(
      Output(
        data: place.data.path, model: place.model.path, user: user,
        history: history.map { recommender.title(of: $0) ?? $0 },
        recommendations: found.items.map(RecommendedItem.init),
        metrics: evaluation.intervals(), popularity: baseline.intervals(), seconds: seconds))
    let model = place.model.relativePath.shellQuoted
    let asked = ShellCommand.option("--user", user)
    let first = ShellCommand.option("--item", found.items.first?.id ?? recommender.items[0])
    if serve { return try await Serving(model: place.model.path, console: console).run() }
    console.suggest([
      ("corral serve \(model)", "answers over HTTP, and a page at http://127.0.0.1:8088/"),
      ("corral recommend \(model) \(asked) --explain", "why these ten"),
      ("corral similar \(model) \(first)", "what is like the first"),
      ("corral evaluate \(model)", "every metric, and who it works for"),
      ("corral train --data YOUR.csv --out my-model", "the same on your own log"),
    ])
  }

  private func comparison(_ evaluation: Evaluation, _ baseline: Evaluation) throws -> Table {
    var table = Table([
      ("", .left), ("popularity", .right), ("two-tower", .right), ("change", .right), ("", .left),
    ])
    let tests = try evaluation.compared(with: baseline)
    for metric in [Metric(.recall, at: 10), Metric(.ndcg, at: 10), Metric(.coverage, at: 10)] {
      let (before, after) = (try baseline.value(of: metric), try evaluation.value(of: metric))
      let test = tests.first { $0.metric == metric }
      table.add([
        "\(metric)", Format.metric(before), Format.metric(after),
        Format.change(from: before, to: after),
        test.map { "p \($0.p < 0.001 ? "< 0.001" : "= " + Format.pValue($0.p))" } ?? "",
      ])
    }
    return table
  }

  private func show(
    _ found: Recommendations, to user: String, history: [String], genres: Genres,
    on console: Console
  ) {
    console.print(console.style.bold("4. What does it recommend?") + "\n")
    var met = Table([("user \(user) met, the latest last", .left), ("genre", .left)])
    for item in history.suffix(6) { met.add([genres.label(id: item), genres.text(id: item)]) }
    console.print(met.rendered(console.style) + "\n")
    var table = Table([("", .right), ("recommended", .left), ("genre", .left), ("score", .right)])
    for (place, item) in found.items.enumerated() {
      table.add([
        "\(place + 1)", item.title ?? item.id, genres.text(id: item.id),
        item.score.map { String(format: "%.3f", $0) } ?? "-",
      ])
    }
    console.print(table.rendered(console.style))
  }

  /// A user with a history that fits on a screen: the first with 12 interactions or more.
  private static func interestingUser(of data: LoadedData) -> Int {
    (0..<data.split.userCount).first { data.histories[$0].count >= 12 } ?? 0
  }

  private struct Output: Encodable {
    let data: String
    let model: String
    let user: String
    let history: [String]
    let recommendations: [RecommendedItem]
    let metrics: [String: Interval]
    let popularity: [String: Interval]
    let seconds: Double
  }
}

extension SyntheticSettings {
  /// The catalogue of the quick start: learned in seconds, and large enough to be worth it.
  fileprivate static let quickstart = SyntheticSettings(
    users: 3_000, items: 1_000, interactions: 120_000, seed: 2024)
}

extension Settings {
  /// The settings of the quick start.
  fileprivate static var quickstart: Settings {
    var settings = Settings()
    settings.train.epochs = 6
    settings.train.batch = 512
    settings.train.rate = 0.003
    // Steps this small are no faster on two threads, and far slower where others use the cores.
    settings.train.threads = 1
    settings.evaluate.cutoffs = [10, 50]
    return settings
  }
}
