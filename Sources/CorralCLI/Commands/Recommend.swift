import ArgumentParser
import CorralData
import CorralIndex
import CorralVectors
import Foundation

/// `corral recommend DIR`: what a model recommends to somebody.
struct Recommend: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Recommends items to a known user, or to anybody with a history.")

  @Argument(help: "The directory of a saved model.")
  var model: String

  @Option(help: "The identifier of a user that the model knows.")
  var user: String?

  @Option(
    help: ArgumentHelp(
      "What somebody interacted with, oldest first.", valueName: "item,item,..."))
  var history: String?

  @Option(name: .short, help: ArgumentHelp("How many items.", valueName: "count"))
  var k = 10

  @Flag(help: "Also recommend what the user has already met.")
  var includeSeen = false

  @Flag(help: "Say for each item which items of the history it is nearest to.")
  var explain = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if user == nil, history == nil {
      throw ValidationError("say for whom: --user ID, or --history ITEM,ITEM,...")
    }
    if k < 1 { throw ValidationError("-k needs a number from 1, not \(k)") }
  }

  func run() throws {
    let console = output.console
    let opened = try OpenedModel(model)
    let query = try query(in: opened, console: console)
    let found = try opened.recommendations(
      for: query, count: k, includingSeen: includeSeen, explained: explain)
    try console.printJSON(
      Output(
        model: model, user: user, items: found.items, milliseconds: found.milliseconds))
    let name = user.map { "user \($0)" } ?? "a history of \(query.history.count)"
    console.print("\(console.style.bold(opened.name)) for \(name)\n")
    console.print(found.table(explained: explain).rendered(console.style))
    let shown = found.items.first?.id ?? opened.items[0]
    console.suggest([
      ("corral similar \(model) --item \(shown)", "what is like the first of them"),
      ("corral recommend \(model) --history \(shown)", "for somebody who just met it"),
    ])
  }

  private func query(in opened: OpenedModel, console: Console) throws -> Query {
    var query = Query()
    if let user {
      if let position = opened.users.position(of: user) {
        query.user = UserIndex(position)
        query.history = Array(opened.histories[position])
      } else if history == nil {
        throw InputError.unknownUser(user)
      }
    }
    guard let history else { return query }
    let ids = history.split(separator: ",").map { String($0).trimmed }
    let known = ids.filter { opened.items.position(of: $0) != nil }
    let unknown = ids.filter { opened.items.position(of: $0) == nil }
    if known.isEmpty, let first = ids.first { _ = try opened.item(first) }
    if ids.isEmpty { throw InputError.options("--history is empty; give items, as in 1,2,3") }
    if !unknown.isEmpty {
      console.warn("not in this model, so ignored: \(unknown.joined(separator: ", "))")
    }
    query.history = try known.map { try opened.item($0) }
    return query
  }

  private struct Output: Encodable {
    let model: String
    let user: String?
    let items: [Recommendations.Item]
    let milliseconds: Double

    private enum CodingKeys: CodingKey { case model, user, items, milliseconds }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(model, forKey: .model)
      try container.encode(user, forKey: .user)
      try container.encode(items, forKey: .items)
      try container.encode(milliseconds, forKey: .milliseconds)
    }
  }
}

extension String {
  /// The text without white space at its ends.
  var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
