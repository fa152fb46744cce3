import CorralArtifacts
import Foundation
import Testing

/// The page about what `--json` prints, against what it prints.
@Suite struct JSONPageTests {
  @Test func `every key of an answer and of an evaluation is on the page`() throws {
    let page = try String(contentsOf: packageRoot.appending(path: "docs/JSON.md"), encoding: .utf8)
    try withTemporaryFolder { folder in
      let pair = [
        "ranker.model=deepfm", "ranker.dimension=8", "ranker.hidden=[16]", "index.kind=hnsw",
        "rankerTraining.train.epochs=1", "rankerTraining.train.threads=1", "evaluate.candidates=20",
      ].flatMap { ["--set", $0] }
      let (model, trained) = try TinyData.trained("mf", in: folder, pair)
      try #require(trained.code == 0, "\(trained.errors)")
      let answer = try object("recommend", model.path, "--user", "u1", "--explain")
      #expect(answer["fallback"] == .null && answer["reason"] == .null)
      let evaluation = try object("evaluate", model.path)
      #expect(evaluation["index"]?["kind"] == .string("hnsw"))
      let unknown = try object("recommend", model.path, "--user", "nobody")
      #expect(unknown["fallback"] == .string("popular"))
      let similar = try object("similar", model.path, "--item", "i1")
      let file = folder.appending(path: "all.jsonl")
      let written = try object("recommend", model.path, "--all", "-k", "3", "--out", file.path)
      #expect(written["rows"] == .integer(3 * TinyData.users))
      for (object, prefix) in [
        (answer, ""), (evaluation, ""), (similar, ""), (written, ""),
        (evaluation["counts"]?.members ?? [:], "counts."),
      ] {
        #expect(!object.isEmpty)
        for key in object.keys {
          let isListed = page.contains("`\(prefix)\(key)`") || page.contains("\"\(key)\"")
          #expect(isListed, "\(prefix)\(key)")
        }
      }
    }
  }

  /// The object that a command prints.
  private func object(_ arguments: String...) throws -> [String: JSONValue] {
    let outcome = try Binary.run(arguments + ["--json"])
    try #require(outcome.code == 0, "\(outcome.errors)")
    return try outcome.json([String: JSONValue].self)
  }
}

extension JSONValue {
  fileprivate var members: [String: JSONValue] {
    if case .object(let members) = self { members } else { [:] }
  }
}
