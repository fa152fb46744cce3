import ArgumentParser
import CorralData
import CorralIndex
import CorralVectors
import Foundation

/// `corral recommend DIR`: what a model recommends to somebody.
struct Recommend: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Recommends items to a known user, or to anybody with a history.",
    discussion: """
      A history that is given with --user takes the place of the one that the model has saved. \
      Somebody unknown without a history gets what is popular. What was met before is left out.
      """)

  @Argument(help: "The directory of a saved model.")
  var model: String

  // A value may start with a dash, since an identifier may.
  @Option(parsing: .unconditional, help: "The id of a user.")
  var user: String?

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

  @Flag(help: "Also recommend what the user has already met.")
  var includeSeen = false

  @Flag(help: "Say for each item which items of the history it is nearest to.")
  var explain = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if user == nil, !history.isGiven {
      throw ValidationError("say for whom: --user ID, or --history ITEM,ITEM,...")
    }
  }

  func run() throws {
    let console = output.console
    if user == "" { throw InputError.options("--user is empty; give the id of a user") }
    let history = try history.ids()
    let opened = try OpenedModel(model)
    let count = try k?.checked(upTo: opened.items.count) ?? min(10, opened.items.count)
    let request = try opened.resolved(Request(user: user, history: history, context: context))
    for warning in request.warnings { console.warn(warning) }
    for note in request.notes { console.note(note) }
    let isExplained = explain && opened.hasVectors
    if explain, !isExplained {
      console.warn(
        "--explain: \(Format.indefinite(opened.kind)) model has no vectors that say what is like what"
      )
    }
    let found = try opened.recommendations(
      for: request, count: count, includingSeen: includeSeen, explained: isExplained)
    if let reason = found.fallback { console.warn("\(reason): this is what is popular") }
    if found.unscored > 0 {
      console.note(
        found.unscored == 1
          ? "the last item of the list has no score: training never met it"
          : "the last \(Format.count(found.unscored)) items of the list have no score: training "
            + "never met them")
    }
    try console.printJSON(Output(model: model, user: user, found: found))
    show(found, for: request, by: opened, explained: isExplained, on: console)
  }

  private func show(
    _ found: Recommendations, for request: ModelRequest, by opened: OpenedModel, explained: Bool,
    on console: Console
  ) {
    let who = found.fallback == nil ? request.who : "\(request.who): what is popular"
    console.print("\(console.style.bold(opened.name)) for \(who)\n")
    if !found.items.isEmpty {
      let isExplained = explained && found.fallback == nil
      console.print(found.table(explained: isExplained).rendered(console.style))
    }
    if let shortage = found.shortage {
      console.print((found.items.isEmpty ? "" : "\n") + shortage)
    }
    let item = found.items.first?.id ?? opened.items[0]
    guard item.isSuggestable else { return }
    let history = ShellCommand.option("--history", WrittenID.listed(item))
    console.suggest(
      (opened.hasVectors
        ? [
          (
            "corral similar \(model.shellQuoted) \(ShellCommand.option("--item", item))",
            "what is like it"
          )
        ] : [])
        + [("corral recommend \(model.shellQuoted) \(history)", "for somebody who just met it")])
  }

  private struct Output: Encodable {
    let model: String
    let user: String?
    let found: Recommendations

    private enum CodingKeys: CodingKey { case model, user, items, milliseconds, fallback, reason }

    func encode(to encoder: any Encoder) throws {
      let reasons = [found.fallback, found.shortage].compactMap(\.self)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(model, forKey: .model)
      try container.encode(user, forKey: .user)
      try container.encode(found.items, forKey: .items)
      try container.encode(found.milliseconds, forKey: .milliseconds)
      try container.encode(found.fallback.map { _ in "popular" }, forKey: .fallback)
      try container.encode(
        reasons.isEmpty ? nil : reasons.joined(separator: "; "), forKey: .reason)
    }
  }
}

extension String {
  /// Whether a command that names this identifier still fits on a line.
  var isSuggestable: Bool { displayWidth <= 60 }
}
