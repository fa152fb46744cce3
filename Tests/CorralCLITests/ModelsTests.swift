import CorralCLI
import CorralSettings
import CorralText
import Foundation
import Testing

@Suite struct ModelsTests {
  private struct Entry: Decodable {
    let name: String
    let stage: String
    let paper: String
  }

  @Test func `every model is listed with its stage and its paper`() throws {
    let outcome = try Binary.run("models", "--json")
    try #require(outcome.code == 0, "\(outcome.errors)")
    let entries = try outcome.json([String: [Entry]].self)["models"] ?? []
    #expect(entries.filter { $0.stage == "retriever" }.map(\.name) == RetrieverBlock.names)
    #expect(entries.filter { $0.stage == "ranker" }.map(\.name) == RankerBlock.names)
    #expect(entries.allSatisfy { !$0.paper.isEmpty })
    let table = try Binary.run("models")
    for entry in entries { #expect(table.output.contains("\n\(entry.name) ")) }
  }

  @Test(arguments: RetrieverBlock.names + RankerBlock.names)
  func `the settings that are shown are a file that config takes`(name: String) throws {
    try withTemporaryFolder { folder in
      let shown = try Binary.run("models", name)
      try #require(shown.code == 0, "\(shown.errors)")
      let file = folder.appending(path: "model.yaml")
      let lines = shown.output.split(separator: "\n", omittingEmptySubsequences: false)
      try Data(lines.dropFirst().joined(separator: "\n").utf8).write(to: file)
      let fromFile = try Binary.run("config", "--config", file.path)
      #expect(fromFile.code == 0, "\(fromFile.errors)")
      let byName = try Binary.run(
        "config", "--set",
        "\(RankerBlock(name) == nil ? "retriever" : "ranker").model=\(name)")
      #expect(fromFile.output == byName.output)
    }
  }

  @Test func `a name that is no model is answered with the nearest`() throws {
    let outcome = try Binary.run("models", "two-towers")
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("no model 'two-towers'; did you mean 'two-tower'?"))
  }
}
