import ArgumentParser
import CorralData
import CorralPipeline
import CorralServing
import CorralText
import CorralVectors

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
    console.say(opened.notes)
    let recommender = try opened.recommender()
    let id = WrittenID(item).meant(among: recommender.items)
    let others = recommender.items.count - 1
    guard recommender.items.position(of: id) != nil else {
      throw ServingError.unknownItems([id], nearest: recommender.nearestItem(to: id))
    }
    let count = try k?.checked(upTo: others) ?? min(10, others)
    guard recommender.hasItemVectors else {
      throw InputError.wrongKind(
        model: model, kind: recommender.kind, command: "corral similar",
        needs: "vectors of items: train two-tower, mf or implicit-als")
    }
    let start = ContinuousClock.now
    let nearest = try recommender.similar(to: id, count: count)
    let milliseconds = (ContinuousClock.now - start).inSeconds * 1e3
    let reason = Self.shortage(of: nearest.count, from: count, name: item.shown)
    try console.printJSON(
      Output(
        model: model, item: item, items: nearest.map(RecommendedItem.init),
        milliseconds: milliseconds, reason: reason))
    console.print("like \(console.style.bold((recommender.title(of: id) ?? id).shown))\n")
    if !nearest.isEmpty {
      console.print(RecommendationsView.table(nearest).rendered(console.style))
    }
    if let reason { console.print((nearest.isEmpty ? "" : "\n") + reason) }
    guard id.isSuggestable else { return }
    let history = ShellCommand.option("--history", WrittenID.listed(id))
    console.suggest([
      ("corral recommend \(model.shellQuoted) \(history)", "for somebody who just met it")
    ])
  }

  /// Why the list is shorter than asked for; `nil` if it is not.
  private static func shortage(of found: Int, from wanted: Int, name: String) -> String? {
    if wanted == 0 { return "the catalogue has no other item" }
    if found == 0 {
      return "training learned nothing of item \(name), so nothing is known to be like it"
    }
    return found < wanted
      ? "only \(found) of the other items have vectors: training learned nothing of the rest" : nil
  }

  private struct Output: Encodable {
    let model: String
    let item: String
    let items: [RecommendedItem]
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
