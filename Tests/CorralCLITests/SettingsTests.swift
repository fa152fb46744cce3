import CorralCLI
import CorralModels
import Foundation
import Testing

@Suite struct SettingsTests {
  @Test func `every setting of a network can be set in the retriever block`() {
    let library = Mirror(reflecting: RetrieverSettings()).children.compactMap(\.label)
    let block = Mirror(reflecting: RetrieverBlock()).children.compactMap(\.label)
    #expect(library == block)
  }

  @Test func `what the retriever block says reaches the network`() throws {
    let json = """
      {"model": "mf", "dimension": 3, "similarity": "dot", "scale": "learned",
       "initialSpread": 0.5, "userEmbedding": "on", "features": "off", "queryTower": [5, 4],
       "itemTower": [4], "dropout": 0.25,
       "history": {"length": 7, "weighting": "uniform", "decay": 0.5, "table": "shared"}}
      """
    let block = try JSONDecoder().decode(RetrieverBlock.self, from: Data(json.utf8))
    let library = try JSONDecoder().decode(RetrieverSettings.self, from: Data(json.utf8))
    #expect(block.network(.matrixFactorisation) == library)
    #expect(RetrieverBlock().network(.twoTower) == RetrieverSettings())
  }

  @Test func `every example file is understood, and short`() throws {
    let folder = packageRoot.appending(path: "Examples")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }
    #expect(names.contains("ml-1m.yaml"))
    for name in names {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 40)
      var overlay = try SettingsOverlay(Settings())
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
}
