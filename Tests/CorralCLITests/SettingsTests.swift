import CorralCLI
import CorralModels
import CorralSettings
import Foundation
import Testing

@Suite struct SettingsTests {
  @Test(arguments: RetrieverBlock.names)
  func `every model has a block of its own that reads back`(name: String) throws {
    let block = try #require(RetrieverBlock(name))
    #expect(block.name == name)
    let json = try JSONEncoder().encode(block)
    #expect(try JSONDecoder().decode(RetrieverBlock.self, from: json) == block)
    let keys = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(keys["model"] as? String == name)
    if case .network(let network) = block {
      #expect(try JSONDecoder().decode(RetrieverSettings.self, from: json) == network)
    }
  }

  @Test func `the model decides which keys there are, wherever it is named`() throws {
    var overlay = Settings.overlay()
    try overlay.set("retriever.dimension=12")
    try overlay.set("retriever.model=mf")
    var expected = MatrixFactorisationSettings()
    expected.dimension = 12
    #expect(try overlay.decoded().retriever == .network(RetrieverSettings(expected)))
    try overlay.set("retriever.history.length=3")
    do {
      _ = try overlay.decoded()
      Issue.record("mf has no history")
    } catch {
      #expect("\(error)".hasPrefix("unknown setting 'retriever.history'; there are: model, "))
    }
  }

  @Test func `of another model than the one that is named last, only what fits is taken`() throws {
    var overlay = Settings.overlay()
    try overlay.lay(
      "retriever: {model: two-tower, dimension: 12, history: {length: 3}}", from: "a.yaml")
    try overlay.set("retriever.model=mf")
    var expected = MatrixFactorisationSettings()
    expected.dimension = 12
    #expect(try overlay.decoded().retriever == .network(RetrieverSettings(expected)))
  }

  @Test func `every example file is understood, and short`() throws {
    let folder = packageRoot.appending(path: "Examples")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }
    #expect(names.contains("ml-1m.yaml"))
    for name in names {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 40)
      var overlay = Settings.overlay()
      try overlay.lay(text, from: name)
      _ = try overlay.decoded()
    }
  }

  @Test func `config prints every setting, and takes back what it prints`() throws {
    try withTemporaryFolder { folder in
      let printed = try Binary.run("config", "--set", "train.rate=0.25")
      #expect(printed.code == 0 && printed.output.contains("rate: 0.25"))
      let file = folder.appending(path: "all.yaml")
      try Data(printed.output.utf8).write(to: file)
      let again = try Binary.run("config", "--config", file.path)
      #expect(again.output == printed.output)
    }
  }

  @Test(arguments: [
    ("retriever.dimension=0", "setting 'retriever.dimension' is 0: "),
    ("train.rate=0", "setting 'train.rate' is 0.0: give a number above 0"),
    ("train.device=tpu", "tpu"),
  ])
  func `config refuses what train refuses`(assignment: String, text: String) throws {
    let refused = try Binary.run("config", "--set", assignment)
    #expect(refused.code == 2 && refused.output.isEmpty)
    #expect(refused.errors.contains(text), "\(refused.errors)")
    #expect(refused.errors.split(separator: "\n").count == 1)
  }
}
