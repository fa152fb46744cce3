import Foundation
import Testing

/// A retriever and a ranker in one model: trained apart, measured and served together.
@Suite struct TwoStageTests {
  private struct Report: Decodable {
    struct Value: Decodable { let mean: Double }
    struct Stages: Decodable {
      struct Cut: Decodable {
        let candidates: Int
        let ceiling: Value
      }
      let candidates: Int
      let ceilings: [String: Value]
      let sweep: [Cut]
    }
    let stages: [String: [String: Value]]
    let two_stage: Stages
  }

  private struct Answer: Decodable {
    struct Item: Decodable {
      let id: String
      let stage: String
    }
    let items: [Item]
  }

  private static let pair = [
    "ranker.model=deepfm", "ranker.dimension=8", "ranker.hidden=[16]",
    "rankerTraining.train.epochs=2",
    "rankerTraining.train.batch=64", "rankerTraining.train.threads=1",
    "rankerTraining.negatives.count=4",
    "rankerTraining.negatives.impressions=0", "evaluate.candidates=20", "evaluate.sweep=[10,40]",
  ].flatMap { ["--set", $0] }

  @Test func `a pair is trained, measured, asked and compared as one model`() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "pair")
      let trained = try Binary.run(
        ["train", "--data", data.path, "--out", place.path, "--set", "retriever.model=mf"]
          + ["--set", "retriever.dimension=8"] + TinyData.quick + Self.pair)
      try #require(trained.code == 0, "\(trained.errors)")
      #expect(trained.output.contains("two stages"))
      for file in ["retriever.safetensors", "ranker.safetensors", "ranker-training.jsonl"] {
        #expect(FileManager.default.fileExists(atPath: place.appending(path: file).path))
      }
      let measured = try Binary.run("evaluate", place.path, "--json")
      try #require(measured.code == 0, "\(measured.errors)")
      let report = try measured.json(Report.self)
      #expect(report.stages.keys.sorted() == ["retriever", "two_stage"])
      #expect(report.two_stage.candidates == 20)
      #expect(report.two_stage.sweep.map(\.candidates) == [10, 20, 40])
      // All 40 items are candidates in the end, and then the ceiling is everything.
      #expect(report.two_stage.sweep.last?.ceiling.mean == 1)
      for (name, ceiling) in report.two_stage.ceilings {
        #expect((report.stages["two_stage"]?[name]?.mean ?? 0) <= ceiling.mean + 1e-9)
      }
      let asked = try Binary.run("recommend", place.path, "--user", "u1", "-k", "5", "--json")
      try #require(asked.code == 0, "\(asked.errors)")
      let items = try asked.json(Answer.self).items
      #expect(items.count == 5 && items.allSatisfy { $0.stage == "ranker" })

      let (alone, outcome) = try TinyData.trained("mf", in: folder)
      try #require(outcome.code == 0, "\(outcome.errors)")
      #expect(
        try Data(contentsOf: alone.appending(path: "retriever.safetensors"))
          == Data(contentsOf: place.appending(path: "retriever.safetensors")))
      let compared = try Binary.run("compare", alone.path, place.path)
      #expect(compared.code == 0, "\(compared.errors)")
    }
  }

  @Test(arguments: [
    ("mf", "validated", true), ("mf", "trained", false), ("implicit-als", "validated", false),
  ])
  func `how much of a network's score is added to its ranker's is chosen on validation`(
    retriever: String, served: String, isChosen: Bool
  ) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "pair")
      let trained = try Binary.run(
        ["train", "--data", data.path, "--out", place.path]
          + ["--set", "retriever.model=\(retriever)", "--set", "retriever.dimension=8"]
          + TinyData.quick + Self.pair + ["--set", "rankerTraining.servedStacking=\(served)"])
      try #require(trained.code == 0, "\(trained.errors)")
      let log = try String(
        contentsOf: place.appending(path: "ranker-training.jsonl"), encoding: .utf8)
      #expect(log.contains("\"stacking\"") == isChosen, "\(log)")
    }
  }

  @Test(arguments: [
    (
      "rankerTraining.heads=[like]",
      "setting 'rankerTraining.heads' is like: the data have no labels; name their columns with data.labels"
    ),
    ("evaluate.sweep=[10,41]", "setting 'evaluate.sweep' has 41, and the catalogue only 40 items"),
  ])
  func `what a pair cannot be trained with is found before its retriever is`(
    assignment: String, text: String
  ) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let outcome = try Binary.run(
        ["train", "--data", data.path, "--out", folder.appending(path: "pair").path]
          + ["--set", "retriever.model=mf", "--set", "retriever.dimension=8"] + TinyData.quick
          + Self.pair + ["--set", assignment])
      #expect(outcome.code != 0)
      #expect(outcome.errors.contains(text), "\(outcome.errors)")
      #expect(!outcome.errors.contains("epoch 1/"))
    }
  }

  @Test(arguments: [
    (
      "ranker.model=sasrec",
      "setting 'ranker.model' is sasrec: that is a retriever, which belongs under retriever.model"
    ),
    ("ranker.model=dinn", "setting 'ranker.model' is dinn: there is no such ranker"),
    (
      "retriever.model=din",
      "setting 'retriever.model' is din: that is a ranker, which orders candidates and finds none"
    ),
  ])
  func `a model in the place of another stage is answered in one line`(
    assignment: String, text: String
  ) throws {
    let outcome = try Binary.run("config", "--set", assignment)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    (
      "rankerTraining.negatives.count=0",
      "setting 'rankerTraining.negatives.count' is 0: a ranker compares"
    ),
    (
      "rankerTraining.negatives.impressions=30",
      "setting 'rankerTraining.negatives.impressions' is 30: they are some of the 20 "
        + "negatives; give 0 to 20"
    ),
    (
      "rankerTraining.loss.temperature=0",
      "setting 'rankerTraining.loss.temperature' is 0.0: give a number"
    ),
    (
      "rankerTraining.train.metric=coverage@10",
      "setting 'rankerTraining.train.metric' is coverage@10: a ranker orders candidates that are given"
    ),
    (
      "rankerTraining.train.rate=0",
      "setting 'rankerTraining.train.rate' is 0.0: give a number above 0"
    ),
    (
      "rankerTraining.train.withheldUsers=0.5",
      "setting 'rankerTraining.train.withheldUsers' is 0.5: without a history nothing would be left"
    ),
    (
      "rankerTraining.heads=[like:cubed]",
      "setting 'rankerTraining.heads' is like:cubed: the losses of a head"
    ),
    ("ranker.dropout=1", "setting 'ranker.dropout' is 1.0: give a share"),
  ])
  func `a setting that no ranker can have is named as it stands in the file`(
    assignment: String, text: String
  ) throws {
    let outcome = try Binary.run(
      "config", "--set", "ranker.model=deepfm", "--set", assignment)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }
}
