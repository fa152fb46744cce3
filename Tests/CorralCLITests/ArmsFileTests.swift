import CorralCLI
import CorralService
import CorralTesting
import Foundation
import Testing

@Suite struct ArmsFileTests {
  private func experiment(_ text: String) throws -> CorralService.Experiment {
    try withTemporaryFolder { folder in
      try folder.write(text, as: "arms.yaml")
      return try ArmsFile.experiment(at: folder.appending(path: "arms.yaml").path)
    }
  }

  private func refusal(of text: String) -> String {
    do {
      return "taken: \(try experiment(text))"
    } catch { return "\(error)" }
  }

  @Test func `the example of the page is an experiment of two arms`() throws {
    let page = try Page("docs/HTTP.md").text
    let block = try #require(page.firstMatch(of: /(?ms)^```yaml\n(.*?)^```/)?.1)
    let read = try experiment(String(block))
    #expect(read.name == "fresher" && read.arms.map(\.name) == ["control", "fresh"])
    #expect(read.arms.map(\.share) == [0.9, 0.1])
    #expect(read.arms[1].sources == ["retriever": 0.8, "latest": 0.2])
  }

  @Test func `what is no experiment is refused with the place of what is wrong`() {
    for (text, words) in [
      ("", "arms.yaml: "), ("arms: []", "'name' is missing"), ("name: a\narms: []", "has none"),
      ("name: a\narms: [{share: 1}]", "'name' is missing in arms.[0]"),
      ("name: a\narms: [{name: b, shares: 1}]", "an arm has no 'shares'"),
      ("name: a\nsalts: b\narms: [{name: b}]", "an experiment has no 'salts'"),
      ("name: a\narms: [{name: b, share: much}]", "has the wrong form"),
      ("name: a\narms: [{name: b, sources: {lates: 1}}]", "unknown source 'lates'"),
      ("name: [", "arms.yaml: "),
    ] {
      #expect(refusal(of: text).contains(words), "\(text): \(refusal(of: text))")
    }
  }
}
