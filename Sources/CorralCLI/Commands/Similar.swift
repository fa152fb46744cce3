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

  @Option(help: "The identifier of an item that the model knows.")
  var item: String

  @Option(name: .short, help: ArgumentHelp("How many items.", valueName: "count"))
  var k = 10

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if k < 1 { throw ValidationError("-k needs a number from 1, not \(k)") }
  }

  func run() throws {
    let console = output.console
    let opened = try OpenedModel(model)
    let item = try opened.item(item)
    guard k < opened.items.count else {
      throw InputError.tooMany(count: k, items: opened.items.count - 1)
    }
    if case .popularity = opened.model {
      throw InputError.wrongKind(
        model: model, kind: opened.kind, command: "corral similar",
        needs: "vectors of items: train two-tower, mf or implicit-als")
    }
    let start = ContinuousClock.now
    let found = opened.neighbours(of: item, count: k)
    let milliseconds = (ContinuousClock.now - start).inSeconds * 1e3
    try console.printJSON(
      Output(model: model, item: self.item, items: found, milliseconds: milliseconds))
    console.print("like \(console.style.bold(opened.label(item)))\n")
    let table = Recommendations(items: found, milliseconds: milliseconds).table(explained: false)
    console.print(table.rendered(console.style))
    console.suggest([
      ("corral recommend \(model) --history \(self.item)", "for somebody who just met it")
    ])
  }

  private struct Output: Encodable {
    let model: String
    let item: String
    let items: [Recommendations.Item]
    let milliseconds: Double
  }
}

extension OpenedModel {
  /// The items nearest to an item by the cosine of their vectors, itself left out.
  fileprivate func neighbours(of item: ItemIndex, count: Int) -> [Recommendations.Item] {
    let space = ItemSpace(model.similarityVectors())
    let candidates = (0..<items.count).lazy.map(ItemIndex.init).filter { $0 != item }
      .map { Candidate(item: $0, score: space.similarity(item, $0)) }
    return candidates.sorted { ($1.score, $0.item) < ($0.score, $1.item) }.prefix(count).map {
      Recommendations.Item(
        id: items[$0.item.position], title: title($0.item), score: $0.score,
        stage: "retriever", because: nil)
    }
  }
}
