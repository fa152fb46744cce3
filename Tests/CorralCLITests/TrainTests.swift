import CorralText
import Foundation
import Testing

@Suite struct TrainTests {
  @Test(arguments: ["popularity", "implicit-als", "mf", "two-tower", "neumf", "mind"])
  func `every model trains, saves, and is asked without its data`(model: String) throws {
    try withTemporaryFolder { folder in
      let (place, outcome) = try TinyData.trained(model, in: folder)
      try #require(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("saved in \(place.path)"))
      #expect(outcome.output.contains("corral recommend \(place.path)"))
      let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
      for file in [
        "manifest.json", "users.txt", "items.txt", "titles.txt", "evaluation.safetensors",
      ] {
        #expect(names.contains(file))
      }
      #expect(!FileManager.default.fileExists(atPath: place.path + ".checkpoint"))

      try FileManager.default.removeItem(at: folder.appending(path: "tiny"))
      let found = try Binary.run(
        "recommend", place.path, "--history", "i3,i4", "-k", "5", "--json")
      try #require(found.code == 0, "\(found.errors)")
      let answer = try found.json(RecommendationAnswer.self)
      #expect(answer.items.count == 5)
      #expect(answer.items.allSatisfy { $0.title == "The Item \($0.id.dropFirst())" })
      #expect(!answer.items.contains { ["i3", "i4"].contains($0.id) })
    }
  }

  @Test func `an index of scores that are no inner products is refused in one line`() throws {
    try withTemporaryFolder { folder in
      let (place, outcome) = try TinyData.trained(
        "neumf", in: folder, "--set", "index.kind=hnsw")
      #expect(outcome.code == 2)
      #expect(
        outcome.errors.hasSuffix(
          """
          setting 'index.kind' is hnsw: no index can search by the scores of neumf, which are no \
          inner products; set it to exact, and every item is scored

          """), "\(outcome.errors)")
      try #require(try TinyData.trained("neumf", in: folder).outcome.code == 0)
      let index = try Binary.run("index", "build", place.path)
      #expect(index.code == 2)
      #expect(
        index.errors.hasSuffix(
          """
          \(place.path) is a neumf model, and an index needs scores that are inner products

          """), "\(index.errors)")
    }
  }

  @Test func `training prints one JSON object, and what it is told it says again`() throws {
    try withTemporaryFolder { folder in
      let (place, outcome) = try TinyData.trained(
        "two-tower", in: folder, "--json", "--seed", "7")
      try #require(outcome.code == 0, "\(outcome.errors)")
      struct Answer: Decodable {
        struct Data: Decodable {
          let path: String
          let sha256: String
          let users: Int
          let items: Int
          let interactions: Int
        }
        struct Metric: Decodable {
          let mean: Double
          let low: Double
          let high: Double
        }
        let model: String
        let kind: String
        let data: Data
        let metrics: [String: Metric]
      }
      let answer = try outcome.json(Answer.self)
      #expect(answer.kind == "two-tower")
      #expect(answer.data.users == 60 && answer.data.items == 40 && answer.data.interactions == 600)
      #expect(answer.data.sha256.count == 64)
      let ndcg = try #require(answer.metrics["ndcg@10"])
      #expect(ndcg.low <= ndcg.mean && ndcg.mean <= ndcg.high)
      #expect(outcome.errors.contains("seed: 7"))
      #expect(outcome.errors.contains("epoch 3/3"))
      let manifest = try String(
        contentsOf: place.appending(path: "manifest.json"), encoding: .utf8)
      #expect(manifest.contains("\"seed\" : 7"))
    }
  }

  @Test func `the same seed gives the same weights, another seed others`() throws {
    try withTemporaryFolder { folder in
      func weights(_ name: String, seed: String) throws -> Data {
        let (place, outcome) = try TinyData.trained("mf", in: folder, "--seed", seed)
        try #require(outcome.code == 0, "\(outcome.errors)")
        let kept = folder.appending(path: name)
        try FileManager.default.moveItem(at: place, to: kept)
        return try Data(contentsOf: kept.appending(path: "retriever.safetensors"))
      }
      let first = try weights("a", seed: "1")
      #expect(try weights("b", seed: "1") == first)
      #expect(try weights("c", seed: "2") != first)
    }
  }

  @Test(arguments: ["two-tower", "implicit-als"])
  func `a run that is stopped and resumed ends with the weights of one that never was`(
    model: String
  ) throws {
    try withTemporaryFolder { folder in
      let long = [
        "--set", "train.epochs=60", "--set", "als.sweeps=400", "--set", "train.patience=0",
      ]
      let (whole, outcome) = try TinyData.trained(
        model, in: folder, long[0], long[1], long[2], long[3], long[4], long[5])
      try #require(outcome.code == 0, "\(outcome.errors)")
      let place = folder.appending(path: "stopped")
      let data = folder.appending(path: "tiny")
      let stopped = try Binary.interrupted(
        ["train", "--data", data.path, "--out", place.path, "--set", "retriever.model=\(model)"]
          + ["--set", "retriever.dimension=8"] + TinyData.quick + long,
        after: place.path + ".checkpoint/settings.yaml")
      // A machine fast enough to finish first has shown nothing, and nothing is wrong either.
      if stopped.code != 0 {
        #expect(stopped.code == 130)
        #expect(stopped.errors.contains("go on with: corral train --out \(place.path) --resume"))
        #expect(!FileManager.default.fileExists(atPath: place.path))
        let again = try Binary.run("train", "--data", data.path, "--out", place.path)
        #expect(again.code == 2)
        #expect(again.errors.contains("holds a run; add --resume"))
        let resumed = try Binary.run("train", "--out", place.path, "--resume")
        try #require(resumed.code == 0, "\(resumed.errors)")
      }
      try expectSameResults(whole, place)
    }
  }

  /// Two models are the same, byte by byte, but for when and how fast they were made.
  private func expectSameResults(_ left: URL, _ right: URL) throws {
    func isTimed(_ name: String) -> Bool { name.hasSuffix(".jsonl") || name.hasPrefix("events.") }
    func results(_ model: URL) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: model.path).sorted()
        .filter { !isTimed($0) && $0 != "manifest.json" }
    }
    #expect(try results(left) == results(right))
    for name in try results(left) {
      #expect(
        try Data(contentsOf: left.appending(path: name))
          == Data(contentsOf: right.appending(path: name)), "\(name)")
    }
    func manifest(_ model: URL) throws -> NSDictionary {
      let text = try Data(contentsOf: model.appending(path: "manifest.json"))
      var manifest = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
      manifest["created"] = nil
      let files = try #require(manifest["files"] as? [String: Any])
      manifest["files"] = files.filter { !isTimed($0.key) }
      return manifest as NSDictionary
    }
    #expect(try manifest(left) == manifest(right))
  }

  @Test func `a model whose checkpoint is kept can be trained on`() throws {
    try withTemporaryFolder { folder in
      let constant = ["--set", "train.schedule=constant", "--set", "train.patience=0"]
      func epochs(_ count: Int) -> [String] { constant + ["--set", "train.epochs=\(count)"] }
      let data = try TinyData.write(into: folder).path
      func train(_ name: String, _ more: [String]) throws -> Data {
        let place = folder.appending(path: name)
        let outcome = try Binary.run(
          ["train", "--data", data, "--out", place.path, "--set", "retriever.model=mf"]
            + TinyData.quick + more)
        try #require(outcome.code == 0, "\(outcome.errors)")
        return try Data(contentsOf: place.appending(path: "retriever.safetensors"))
      }
      let two = try train("on", epochs(2) + ["--keep-checkpoint"])
      // What is refused changes nothing: the run goes on with what it was told.
      let place = folder.appending(path: "on").path
      let refused = try Binary.run(
        "train", "--out", place, "--resume", "--set", "train.rate=0.5")
      #expect(refused.code == 2 && refused.errors.contains("and now train.rate = 0.5"))
      let told = try Binary.run("train", "--out", place, "--resume", "--keep-checkpoint")
      #expect(told.code == 0, "\(told.errors)")
      let three = try train("on", epochs(3) + ["--resume"])
      #expect(try two != three && three == train("whole", epochs(3)))
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "on.checkpoint").path))
    }
  }
}

/// What `corral recommend --json` prints.
struct RecommendationAnswer: Decodable {
  struct Item: Decodable {
    struct Reason: Decodable {
      let id: String
      let similarity: Float
    }
    let id: String
    let title: String?
    let score: Float
    let stage: String
    let because: [Reason]?
  }
  let model: String
  let user: String?
  let items: [Item]
  let milliseconds: Double
}
