import ArgumentParser
import CorralData
import CorralPipeline
import CorralServing
import CorralText
import CorralVectors
import Foundation

/// `corral recommend DIR`: what a model recommends to somebody, or to many into a file.
struct Recommend: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Recommends items to a known user, to anybody with a history, or to all users.",
    discussion: """
      A history that is given with --user takes the place of the one that the model has saved. \
      Somebody unknown without a history gets what is popular. What was met before is left out.

      --all and --users score many users at once and write their recommendations into the file of \
      --out: CSV, TSV or JSON lines by its name, with the columns user, item, rank and score.
      """)

  @Argument(help: "The directory of a saved model.")
  var model: String

  // A value may start with a dash, since an identifier may.
  @Option(parsing: .unconditional, help: "The id of a user.")
  var user: String?

  @Flag(help: "Every user of the model, into the file of --out.")
  var all = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A file with the id of one user on each line, for --out; - reads standard input.",
      valueName: "file"))
  var users: String?

  @Option(
    help: ArgumentHelp("A file to write: it ends in .csv, .tsv or .jsonl.", valueName: "file"))
  var out: String?

  @OptionGroup var history: HistoryOptions

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "What is around the request, for a ranker that reads it; can be repeated.",
      valueName: "name=value"))
  var context: [String] = []

  @Option(
    name: .short, parsing: .unconditional,
    help: ArgumentHelp("How many items: 10, or all where there are fewer.", valueName: "count"))
  var k: ItemCount?

  @Option(
    help: ArgumentHelp(
      "For a model with clusters, what a cluster's probability is raised to: 0 makes lists diverse."
    ))
  var alpha: Double?

  @Flag(help: "Also recommend what the user has already met.")
  var includeSeen = false

  @Flag(help: "Say for each item which items of the history it is nearest to.")
  var explain = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    let isMany = all || users != nil
    if user == nil, !history.isGiven, !isMany {
      throw ValidationError(
        "say for whom: --user ID, or --history ITEM,ITEM,..., or --all for every user")
    }
    if all, users != nil { throw ValidationError("give --all or --users, not both") }
    if isMany, user != nil || history.isGiven || !context.isEmpty || explain || alpha != nil {
      throw ValidationError(
        "--all and --users take no --user, --history, --context, --alpha or --explain")
    }
    if isMany, out == nil {
      throw ValidationError("--all and --users need a file to write: --out recommendations.csv")
    }
    if !isMany, out != nil {
      throw ValidationError("--out is for many users: give --all, or --users FILE")
    }
  }

  func run() throws {
    if let out { return try writeMany(to: out) }
    let console = output.console
    if user == "" { throw InputError.options("--user is empty; give the id of a user") }
    let history = try history.ids()
    let recommender = try opened(on: console)
    let request = try request(history, of: recommender)
    let isExplained = explain && recommender.hasItemVectors
    if explain, !isExplained {
      console.warn(
        "--explain: \(ServingError.noItemVectors(kind: recommender.kind))")
    }
    let found = try answer(request, by: recommender)
    let who = who(history, of: recommender)
    for notice in found.notices {
      RecommendationsView.say(notice, by: recommender, on: console)
    }
    if let fallback = found.fallback {
      console.warn("\(RecommendationsView.text(fallback, for: who)): this is what is popular")
    }
    if found.unscored > 0 {
      console.note(
        found.unscored == 1
          ? "the last item of the list has no score: training never met it"
          : "the last \(Format.count(found.unscored)) items of the list have no score: training "
            + "never met them")
    }
    try console.printJSON(Output(model: model, user: user, who: who, found: found))
    show(found, for: who, by: recommender, isExplained: isExplained, on: console)
  }

  private func opened(on console: Console) throws -> Recommender {
    let opened = try OpenedModel(model)
    console.say(opened.notes)
    let recommender = try opened.recommender()
    console.detail(
      "\(model) is open after \(Format.seconds(recommender.cost.seconds)), with "
        + Format.bytes(recommender.cost.bytes))
    return recommender
  }

  private func request(
    _ history: [WrittenID]?, of recommender: Recommender
  ) throws -> Request {
    let asked = user.map { WrittenID($0).meant(among: recommender.users) }
    if let user, user.hasPrefix("--"), recommender.users.position(of: user) == nil {
      throw InputError.options(
        "no user '\(user.shown)' in this model: what follows --user is taken for the id")
    }
    var request = Request(
      user: asked, history: history?.map { $0.meant(among: recommender.items) },
      count: try k?.checked(upTo: recommender.items.count) ?? min(10, recommender.items.count))
    request.context = try ContextOptions.values(context, of: recommender, model: model)
    request.includesMet = includeSeen
    request.alpha = alpha
    request.isExplained = explain
    return request
  }

  private func answer(_ request: Request, by recommender: Recommender) throws -> Recommendations {
    do {
      return try recommender.recommend(request)
    } catch ServingError.unknownHistory(let ids, _)
      where recommender.items.position(of: ids.joined(separator: ",")) != nil
    {
      throw InputError.other(
        "none of the \(ids.count) items of the history is in this model: "
          + ids.map { "'\($0.shown)'" }.listed()
          + "; together they are one id: give it with --met")
    }
  }

  /// Whom the answer is for, in words.
  private func who(_ history: [WrittenID]?, of recommender: Recommender) -> String {
    if let user { return "user \(user.shown)" }
    let known = (history ?? []).filter {
      recommender.items.position(of: $0.meant(among: recommender.items)) != nil
    }
    return "a history of \(Format.counted(known.count, "item"))"
  }

  private func show(
    _ found: Recommendations, for who: String, by recommender: Recommender, isExplained: Bool,
    on console: Console
  ) {
    let name = URL(filePath: model).lastPathComponent
    let title = found.fallback == nil ? who : "\(who): what is popular"
    console.print("\(console.style.bold(name)) for \(title)\n")
    if !found.items.isEmpty {
      console.print(
        RecommendationsView.table(
          found.items, isExplained: isExplained && found.fallback == nil
        ).rendered(console.style))
    }
    if let shortage = found.shortage {
      console.print(
        (found.items.isEmpty ? "" : "\n") + RecommendationsView.text(shortage, for: who))
    }
    let item = found.items.first?.id ?? recommender.items[0]
    guard item.isSuggestable else { return }
    let similar =
      "corral similar \(model.shellQuoted) \(ShellCommand.option("--item", item))"
    let history = ShellCommand.option("--history", WrittenID.listed(item))
    console.suggest(
      (recommender.hasItemVectors ? [(similar, "what is like it")] : [])
        + [("corral recommend \(model.shellQuoted) \(history)", "for somebody who just met it")])
  }

  private struct Output: Encodable {
    let model: String
    let user: String?
    let who: String
    let found: Recommendations

    private enum CodingKeys: CodingKey { case model, user, items, milliseconds, fallback, reason }

    func encode(to encoder: any Encoder) throws {
      let reasons = [
        found.fallback.map { RecommendationsView.text($0, for: who) },
        found.shortage.map { RecommendationsView.text($0, for: who) },
      ].compactMap(\.self)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(model, forKey: .model)
      try container.encode(user, forKey: .user)
      try container.encode(found.items.map(RecommendedItem.init), forKey: .items)
      try container.encode(found.time.total, forKey: .milliseconds)
      try container.encode(found.fallback.map { _ in "popular" }, forKey: .fallback)
      try container.encode(
        reasons.isEmpty ? nil : reasons.joined(separator: "; "), forKey: .reason)
    }
  }
}

extension Recommend {
  /// Scores many users and writes their recommendations into a file.
  private func writeMany(to out: String) throws {
    let console = output.console
    try OutputPlace.checkFile(out)
    guard let format = BatchScoring.Format(fileName: out) else {
      throw InputError.options(
        "\(out) has no ending that says its form: end it in .csv, .tsv or .jsonl")
    }
    let ids = try users.map(HistoryOptions.lines(of: "--users"))
    if let users, ids?.isEmpty == true {
      throw InputError.options(
        "--users \(users == "-" ? "from standard input" : users) names no user: write the id of one "
          + "user on each line, or give --all for every user")
    }
    let recommender = try opened(on: console)
    let count = try k?.checked(upTo: recommender.items.count) ?? min(10, recommender.items.count)
    let scoring = try BatchScoring(
      recommender, count: count, includesMet: includeSeen, format: format)
    Interruption.listen()
    let start = ContinuousClock.now
    var bar = ProgressBar(
      "users", of: ids?.count ?? recommender.users.count, unit: "users", console: console)
    func progress(_ done: Int) throws {
      bar.update(done)
      if Interruption.isRequested { throw ExitCode(Failure.stopped) }
    }
    defer { bar.finish() }
    let file = URL(filePath: out)
    let report =
      if let ids {
        try scoring.write(
          users: ids.map { $0.meant(among: recommender.users) }, to: file, progress: progress)
      } else {
        try scoring.writeAll(to: file, progress: progress)
      }
    bar.finish()
    let seconds = (ContinuousClock.now - start).inSeconds
    try show(report, in: out, seconds: seconds, on: console)
  }

  private func show(
    _ report: BatchScoring.Report, in out: String, seconds: Double, on console: Console
  ) throws {
    if report.repeats > 0 {
      console.note(
        "\(Format.counted(report.repeats, "repeat")) in --users ignored: each user is scored once")
    }
    if report.unknown > 0 {
      console.warn(
        "\(Format.counted(report.unknown, "user")) of --users not in this model: "
          + "they get what is popular")
    }
    if report.popular > report.unknown {
      console.note(
        "the model knows nothing of \(Format.counted(report.popular - report.unknown, "user")): "
          + "they get what is popular")
    }
    if report.short > 0 {
      console.note(
        "\(Format.counted(report.short, "user")) have fewer items left than were asked for")
    }
    try console.printJSON(
      Written(
        model: model, path: out, users: report.users, rows: report.rows, popular: report.popular,
        unknown: report.unknown, short: report.short, repeats: report.repeats, seconds: seconds))
    console.print(
      "\(Format.counted(report.rows, "row")) for \(Format.counted(report.users, "user")) in "
        + "\(out): \(Format.seconds(seconds)), "
        + "\(Format.short(Double(report.users) / max(seconds, 1e-9))) users/s")
  }

  private struct Written: Encodable {
    let model: String
    let path: String
    let users: Int
    let rows: Int
    let popular: Int
    let unknown: Int
    let short: Int
    let repeats: Int
    let seconds: Double
  }
}

extension String {
  /// Whether a command that names this identifier still fits on a line.
  var isSuggestable: Bool { displayWidth <= 60 }
}
