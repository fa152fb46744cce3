import ArgumentParser
import CorralData
import CorralIndex
import CorralVectors
import Foundation

/// `corral similar DIR --item ID`: what is like an item.
struct Similar: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Finds the items whose vectors are nearest to an item's, by cosine.")

  @Argument(help: "The directory of a saved model.")
  var model: String

  // A value may start with a dash, since an identifier may.
  @Option(parsing: .unconditional, help: "The id of an item that the model knows.")
  var item: String

  @Option(
    name: .short, parsing: .unconditional,
    help: ArgumentHelp("How many items: 10, or all where there are fewer.", valueName: "count"))
  var k: ItemCount?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let console = output.console
    let opened = try OpenedModel(model)
    let item = try opened.item(WrittenID(item))
    let others = opened.items.count - 1
    let count = try k?.checked(upTo: others) ?? min(10, others)
    guard opened.hasVectors else {
      throw InputError.wrongKind(
        model: model, kind: opened.kind, command: "corral similar",
        needs: "vectors of items: train two-tower, mf or implicit-als")
    }
    let start = ContinuousClock.now
    let space = opened.itemSpace
    let nearest = space.knows(item) ? space.nearest(to: item, count: count) : []
    let milliseconds = (ContinuousClock.now - start).inSeconds * 1e3
    let found = Recommendations(
      items: nearest.map { found in
        Recommendations.Item(
          id: opened.items[found.index], title: opened.title(ItemIndex(found.index)),
          score: found.score, stage: "retriever", because: nil)
      }, milliseconds: milliseconds)
    let reason = Self.shortage(
      of: nearest.count, from: count, isKnown: space.knows(item), name: self.item.shown)
    try console.printJSON(
      Output(
        model: model, item: self.item, items: found.items, milliseconds: milliseconds,
        reason: reason))
    console.print("like \(console.style.bold(opened.label(item).shown))\n")
    if !found.items.isEmpty { console.print(found.table(explained: false).rendered(console.style)) }
    if let reason { console.print((found.items.isEmpty ? "" : "\n") + reason) }
    guard opened.items[item.position].isSuggestable else { return }
    let history = ShellCommand.option("--history", WrittenID.listed(opened.items[item.position]))
    console.suggest([
      ("corral recommend \(model.shellQuoted) \(history)", "for somebody who just met it")
    ])
  }

  /// Why there are fewer items than were asked for; `nil` where there are not.
  private static func shortage(
    of found: Int, from wanted: Int, isKnown: Bool, name: String
  ) -> String? {
    if wanted == 0 { return "the catalogue has no other item" }
    if !isKnown {
      return "training learned nothing of item \(name), so nothing is known to be like it"
    }
    return found < wanted
      ? "only \(found) of the other items have vectors: training learned nothing of the rest" : nil
  }

  private struct Output: Encodable {
    let model: String
    let item: String
    let items: [Recommendations.Item]
    let milliseconds: Double
    let reason: String?

    private enum CodingKeys: CodingKey { case model, item, items, milliseconds, reason }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(model, forKey: .model)
      try container.encode(item, forKey: .item)
      try container.encode(items, forKey: .items)
      try container.encode(milliseconds, forKey: .milliseconds)
      try container.encode(reason, forKey: .reason)
    }
  }
}

extension OpenedModel {
  /// Whether the model has vectors that say what is like what: popularity has none.
  var hasVectors: Bool {
    if case .popularity = model { false } else { true }
  }
}
