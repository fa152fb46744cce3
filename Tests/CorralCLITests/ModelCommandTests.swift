import Foundation
import Testing

/// The commands that ask a saved model, over one that is trained once.
@Suite struct ModelCommandTests {
  @Test func `a model is evaluated, compared, asked, indexed and exported`() throws {
    try withTemporaryFolder { folder in
      let (als, trained) = try TinyData.trained("implicit-als", in: folder)
      try #require(trained.code == 0, "\(trained.errors)")
      let (popularity, other) = try TinyData.trained("popularity", in: folder)
      try #require(other.code == 0, "\(other.errors)")
      try expectEvaluation(of: als)
      try expectComparison(of: popularity, and: als)
      try expectRecommendations(of: als)
      try expectSimilarItems(of: als)
      try expectIndex(of: als)
      try expectExports(of: als, in: folder)
      try expectRefusals(of: als, popularity: popularity)
      try expectDamageIsRefused(als)
    }
  }

  private func expectEvaluation(of model: URL) throws {
    let text = try Binary.run("evaluate", model.path)
    try #require(text.code == 0, "\(text.errors)")
    #expect(text.output.contains("test of leave-one-out, in time, seen items masked, all 40 items"))
    #expect(text.output.contains("tail items") && text.output.contains("ndcg"))

    let outcome = try Binary.run(
      "evaluate", model.path, "--split", "validation", "--set", "cutoffs=[3]", "--json")
    try #require(outcome.code == 0, "\(outcome.errors)")
    struct Answer: Decodable {
      struct Data: Decodable {
        let path: String
        let sha256: String
        let users: Int
        let items: Int
        let interactions: Int
      }
      struct Rules: Decodable {
        let split: String
        let masked: Bool
        let targets: String
        let candidates: String
      }
      struct Interval: Decodable {
        let mean: Double
        let low: Double
        let high: Double
      }
      struct Slice: Decodable { let users: Int }
      let data: Data
      let `protocol`: Rules
      let stages: [String: [String: Interval]]
      let slices: [String: [String: Slice]]
      let seconds: Double
      let users_per_second: Double
    }
    let answer = try outcome.json(Answer.self)
    #expect(answer.data.users == 60 && answer.data.interactions == 600)
    #expect(answer.protocol.split.hasPrefix("validation of leave-one-out"))
    #expect(answer.protocol.masked)
    let recall = try #require(answer.stages["retriever"]?["recall@3"])
    #expect(recall.low <= recall.mean && recall.mean <= recall.high)
    #expect(answer.slices["items"]?["head"] != nil && answer.slices["users"]?["light"] != nil)
    #expect(answer.users_per_second > 0)
  }

  private func expectComparison(of first: URL, and second: URL) throws {
    let text = try Binary.run("compare", first.path, second.path)
    try #require(text.code == 0, "\(text.errors)")
    #expect(text.output.contains("ndcg@10") && text.output.contains("wins/losses"))
    struct Answer: Decodable {
      struct Model: Decodable {
        struct Test: Decodable {
          let metric: String
          let p: Double
        }
        let model: String
        let tests: [Test]
      }
      let baseline: String
      let models: [Model]
    }
    let outcome = try Binary.run("compare", first.path, second.path, "--json")
    let answer = try outcome.json(Answer.self)
    #expect(answer.baseline == first.path)
    let test = try #require(answer.models.first?.tests.first { $0.metric == "ndcg@10" })
    #expect((0...1).contains(test.p))
  }

  private func expectRecommendations(of model: URL) throws {
    let text = try Binary.run("recommend", model.path, "--user", "u0", "--explain", "-k", "3")
    try #require(text.code == 0, "\(text.errors)")
    #expect(text.output.contains("The Item ") && text.output.contains("because of"))
    let outcome = try Binary.run(
      "recommend", model.path, "--user", "u0", "--explain", "-k", "4", "--json")
    let answer = try outcome.json(RecommendationAnswer.self)
    #expect(answer.user == "u0" && answer.items.count == 4 && answer.milliseconds >= 0)
    #expect(answer.items.allSatisfy { $0.stage == "retriever" && $0.because?.count == 3 })
    #expect(zip(answer.items, answer.items.dropFirst()).allSatisfy { $0.score >= $1.score })
    // User u0 belongs to the camp of items 0 to 19 and has met ten of them.
    let left = answer.items.filter { (Int($0.id.dropFirst()) ?? 99) < 20 }
    #expect(left.count == 4)
    let partly = try Binary.run("recommend", model.path, "--history", "i1,nothing", "--json")
    #expect(partly.code == 0 && partly.errors.contains("not in this model, so ignored: nothing"))
  }

  private func expectSimilarItems(of model: URL) throws {
    struct Answer: Decodable {
      struct Item: Decodable {
        let id: String
        let score: Float
      }
      let item: String
      let items: [Item]
    }
    let outcome = try Binary.run("similar", model.path, "--item", "i3", "-k", "5", "--json")
    try #require(outcome.code == 0, "\(outcome.errors)")
    let answer = try outcome.json(Answer.self)
    #expect(answer.items.count == 5 && !answer.items.contains { $0.id == "i3" })
    #expect(answer.items.allSatisfy { (Int($0.id.dropFirst()) ?? 99) < 20 })
  }

  private func expectIndex(of model: URL) throws {
    struct Check: Decodable {
      let kind: String
      let recall: Double
      let items: Int
      let bytes: Int
    }
    struct BucketCheck: Decodable {
      struct Residual: Decodable {
        let mean: Double
        let largest: Double
      }
      let kind: String
      let recall: Double
      let residual: Residual
      let proposal: Proposal

      struct Proposal: Decodable {
        let divergence: Double
        let effectiveSampleSize: Double
      }
    }
    let exact = try Binary.run("index", "check", model.path, "--json").json(Check.self)
    #expect(exact.kind == "exact" && exact.recall == 1 && exact.items == 40)
    let before = try Binary.run("recommend", model.path, "--user", "u1", "--json")
    let buckets = try Binary.run(
      "index", "build", model.path, "--kind", "multi-index", "--set", "clusters=4")
    try #require(buckets.code == 0, "\(buckets.errors)")
    // All 40 items are compared, unless fewer are collected.
    let whole = try Binary.run("index", "check", model.path, "--json").json(BucketCheck.self)
    #expect(whole.kind == "multi-index" && whole.recall == 1)
    #expect(0 < whole.residual.mean && whole.residual.mean <= whole.residual.largest)
    let plain = try Binary.run("index", "check", model.path)
    #expect(plain.output.contains("residual: items are "))
    #expect(plain.output.contains("as a proposal at temperature "))
    #expect(whole.proposal.divergence >= 0 && whole.proposal.effectiveSampleSize >= 1)
    let within = try Binary.run("recommend", model.path, "--user", "u1", "--json")
    #expect(
      try within.json(RecommendationAnswer.self).items.map(\.id)
        == before.json(RecommendationAnswer.self).items.map(\.id))
    let refused = try Binary.run(
      "index", "build", model.path, "--kind", "multi-index", "--set", "clusters=0")
    #expect(refused.code == 2)
    #expect(refused.errors.contains("setting 'index.clusters' is 0: it can be 1 to 1024"))
    let built = try Binary.run("index", "build", model.path, "--kind", "hnsw", "--set", "m=8")
    try #require(built.code == 0, "\(built.errors)")
    let graph = try Binary.run("index", "check", model.path, "--json").json(Check.self)
    #expect(graph.kind == "hnsw" && graph.recall > 0.9)
    let after = try Binary.run("recommend", model.path, "--user", "u1", "--json")
    #expect(
      try before.json(RecommendationAnswer.self).items.map(\.id)
        == after.json(RecommendationAnswer.self).items.map(\.id))
  }

  private func expectExports(of model: URL, in folder: URL) throws {
    for (format, files) in [
      ("safetensors", ["vectors.safetensors", "users.txt", "items.txt"]),
      ("npy", ["users.npy", "items.npy"]), ("tsv", ["users.tsv", "items.tsv"]),
    ] {
      let place = folder.appending(path: "export-\(format)")
      let outcome = try Binary.run(
        "export", model.path, "--format", format, "--out", place.path, "--json")
      try #require(outcome.code == 0, "\(outcome.errors)")
      for file in files {
        #expect(FileManager.default.fileExists(atPath: place.appending(path: file).path))
      }
    }
    let table = try String(
      contentsOf: folder.appending(path: "export-tsv/items.tsv"), encoding: .utf8)
    let rows = table.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(rows.count == 40 && rows.allSatisfy { $0.count == 9 })
    // NumPy pads the header so that the numbers start at a multiple of 64 bytes.
    let array = try Data(contentsOf: folder.appending(path: "export-npy/items.npy"))
    #expect(array.prefix(6) == Data([0x93] + Array("NUMPY".utf8)))
    #expect(array.count % 64 == 0 && array.count == 128 + 40 * 8 * 4)
  }

  private func expectRefusals(of model: URL, popularity: URL) throws {
    for (arguments, text) in [
      (["recommend", model.path, "--history", "x1"], "no item 'x1' in this model"),
      (
        ["recommend", model.path, "--user", "u1", "-k", "99"],
        "-k 99 is more than the catalogue holds: 40 items"
      ),
      (
        ["similar", popularity.path, "--item", "i1"],
        "is a popularity model, and corral similar needs vectors of items"
      ),
      (
        ["evaluate", model.path, "--set", "cutoffs=[99]"],
        "the catalogue has only 40 items: set evaluate.cutoffs to numbers up to 40"
      ),
      (["evaluate", model.path + "x"], "is not a saved model: there is no such directory"),
      (["evaluate", model.path, "--data", "/nowhere"], "/nowhere is not there; pass --data"),
    ] {
      let outcome = try Binary.run(arguments)
      #expect(outcome.code == 2, "\(arguments)")
      #expect(outcome.errors.contains(text), "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
    }
    let usage = try Binary.run("recommend", model.path)
    #expect(usage.code == 64 && usage.errors.contains("--user ID, or --history ITEM"))
  }

  private func expectDamageIsRefused(_ model: URL) throws {
    let file = model.appending(path: "retriever.safetensors")
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: file)
    let outcome = try Binary.run("recommend", model.path, "--user", "u1")
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("retriever.safetensors is damaged: its SHA-256"))
  }
}
