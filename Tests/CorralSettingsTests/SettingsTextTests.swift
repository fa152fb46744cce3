import CorralData
import CorralModels
import CorralSettings
import Testing

@Suite struct SettingsTextTests {
  private static var everyModel: [(retriever: String, ranker: String)] {
    RetrieverBlock.names.map { ($0, "none") } + RankerBlock.names.map { ("two-tower", $0) }
  }

  private func settings(_ sets: String...) throws -> Settings {
    var overlay = Settings.overlay()
    for set in sets { try overlay.set(set) }
    return try overlay.decoded()
  }

  @Test func `every setting of every model is printed with its meaning`() throws {
    for (retriever, ranker) in Self.everyModel {
      let text = try settings("retriever.model=\(retriever)", "ranker.model=\(ranker)")
        .commentedText()
      var isExplained = false
      for line in text.split(separator: "\n") {
        let words = line.drop { $0 == " " }
        if words.hasPrefix("#") {
          isExplained = true
        } else {
          #expect(
            isExplained || line.contains("  # "), "no meaning: \(retriever) \(ranker) \(line)")
          isExplained = false
        }
        #expect(line.count <= 80, "\(line)")
      }
    }
  }

  @Test func `what is printed with comments is read back as the same settings`() throws {
    for (retriever, ranker) in Self.everyModel {
      let printed = try settings("retriever.model=\(retriever)", "ranker.model=\(ranker)")
      var overlay = Settings.overlay()
      try overlay.lay(try printed.commentedText(), from: "printed")
      #expect(try overlay.decoded() == printed)
    }
  }

  @Test func `comments name the values that there are`() throws {
    let text = try settings().commentedText()
    #expect(text.contains("kind: softmax  # The loss: softmax, bpr, bce, gbce\n"))
    #expect(text.contains("# Which data, and what of it counts\ndata:\n"))
  }

  @Test func `only what differs from the defaults of the model is shown`() throws {
    #expect(try settings().differing() == "retriever: {model: two-tower}")
    #expect(try settings("retriever.model=sasrec").differing() == "retriever: {model: sasrec}")
    #expect(
      try settings(
        "data.path=a b.csv", "train.epochs=3", "ranker.model=din", "data.split.test=0.2",
        "data.events.buy=4"
      ).differing() == """
        data: {path: a b.csv, events: {buy: 4.0}, split: {test: 0.2}}
        retriever: {model: two-tower}
        ranker: {model: din}
        train: {epochs: 3}
        """)
    #expect(
      try settings("method=corr", "ranker.model=din").differing() == """
        retriever: {model: two-tower}
        ranker: {model: din}
        method: corr
        """)
  }

  @Test func `long lists of differences go on in further lines`() throws {
    let list = (0..<60).map { "'weight>\($0)'" }.joined(separator: ",")
    let text = try settings("data.only=[\(list)]").commentedText()
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    var overlay = Settings.overlay()
    try overlay.lay(text, from: "printed")
    #expect(try overlay.decoded().data.only.count == 60)
  }
}
