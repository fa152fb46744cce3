import CorralText
import Foundation
import Testing

/// A retriever and a ranker that are trained for each other.
@Suite struct CooperationTests {
  private struct Epoch: Decodable {
    struct Proposal: Decodable {
      struct Diagnostics: Decodable {
        let effectiveSampleSize: Double
        let falseNegatives: Double
      }
      let step: Int
      let diagnostics: Diagnostics
    }
    let epoch: Int
    let validation: [String: Double]
    let proposals: [Proposal]?
  }

  private struct Report: Decodable {
    struct Value: Decodable { let mean: Double }
    let stages: [String: [String: Value]]
  }

  private static let pair =
    [
      "retriever.model=mf", "retriever.dimension=8", "ranker.model=deepfm", "ranker.dimension=8",
      "ranker.hidden=[16]", "proposal.count=6", "proposal.clusters=4", "evaluate.candidates=20",
    ].flatMap { ["--set", $0] } + TinyData.quick

  /// How many of the six draws pass, in the methods that let only some of them pass.
  private static let passing = [
    "icc": ["cooperation.passed=3"], "rankflow": ["cooperation.passed=3", "cooperation.kept=2"],
  ]

  @Test(arguments: ["corr", "rankflow", "icc"])
  func `a pair is trained for each other, measured and asked as one model`(method: String) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "pair")
      let trained = try Binary.run(
        [
          "train", "--data", data.path, "--out", place.path, "--seed", "3", "--device", "cpu",
          "--set", "method=\(method)",
        ] + Self.pair + (Self.passing[method] ?? []).flatMap { ["--set", $0] })
      try #require(trained.code == 0, "\(trained.errors)")
      #expect(trained.output.contains("two stages"))
      #expect(trained.errors.contains("retriever alone"))
      let log = try String(contentsOf: place.appending(path: "training.jsonl"), encoding: .utf8)
      let epochs = try log.split(separator: "\n").map {
        try JSONDecoder().decode(Epoch.self, from: Data($0.utf8))
      }
      #expect(epochs.map(\.epoch) == [1, 2, 3])
      for epoch in epochs {
        #expect(epoch.validation["retriever/recall@20"] != nil)
        #expect(epoch.validation["lift/ndcg@10"] != nil)
        // At the start of the run, and before each validation.
        #expect(epoch.proposals?.count == (epoch.epoch == 1 ? 2 : 1))
        let found = try #require(epoch.proposals?.last?.diagnostics)
        #expect((1...6.01).contains(found.effectiveSampleSize))
      }
      let measured = try Binary.run("evaluate", place.path, "--json")
      try #require(measured.code == 0, "\(measured.errors)")
      #expect(
        try measured.json(Report.self).stages.keys.sorted() == ["retriever", "two_stage"])
      let asked = try Binary.run("recommend", place.path, "--user", "u1", "-k", "5", "--json")
      #expect(asked.code == 0 && asked.output.contains("ranker"), "\(asked.errors)")
    }
  }

  @Test func `a pair that is stopped and resumed ends with the weights of one that never was`()
    throws
  {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      func arguments(_ place: URL) -> [String] {
        ["train", "--data", data.path, "--out", place.path, "--set", "method=corr"] + Self.pair
          + ["--set", "train.epochs=12", "--set", "train.patience=0"]
      }
      let (whole, place) = (folder.appending(path: "whole"), folder.appending(path: "stopped"))
      #expect(try Binary.run(arguments(whole)).code == 0)
      let stopped = try Binary.interrupted(
        arguments(place), after: place.path + ".checkpoint/settings.yaml")
      // A machine fast enough to finish first has shown nothing, and nothing is wrong either.
      if stopped.code != 0 {
        #expect(stopped.code == 130)
        let resumed = try Binary.run("train", "--out", place.path, "--resume")
        try #require(resumed.code == 0, "\(resumed.errors)")
      }
      for file in ["retriever.safetensors", "ranker.safetensors"] {
        #expect(
          try Data(contentsOf: whole.appending(path: file))
            == Data(contentsOf: place.appending(path: file)))
      }
      // What it took is said of all its epochs, those before it was stopped too.
      struct Epoch: Decodable { let seconds, validationSeconds: Double }
      struct Trained: Decodable {
        struct Created: Decodable { let seconds: Double }
        let created: Created
      }
      let epochs = try String(
        contentsOf: place.appending(path: "training.jsonl"), encoding: .utf8
      ).split(separator: "\n").map { try JSONDecoder().decode(Epoch.self, from: Data($0.utf8)) }
      let manifest = try JSONDecoder().decode(
        Trained.self, from: Data(contentsOf: place.appending(path: "manifest.json")))
      let seconds = epochs.reduce(0) { $0 + $1.seconds + $1.validationSeconds }
      #expect(epochs.count == 12 && abs(manifest.created.seconds - seconds) < 1e-6)
    }
  }

  @Test(arguments: [
    (
      ["ranker.model=none"],
      "setting 'method' is corr: it trains a retriever and a ranker for each other, and there is no "
        + "ranker; set ranker.model to one of deepfm"
    ),
    (
      ["retriever.model=popularity"],
      "setting 'method' is corr: it trains both stages by gradient, and popularity is not; set "
        + "method to independent, or retriever.model to one of two-tower"
    ),
    (
      ["retriever.model=implicit-als"], "by gradient, and implicit-als is not"
    ),
    (["retriever.model=item2vec"], "by gradient, and item2vec is not"),
    (
      ["retriever.model=neumf"],
      "setting 'proposal.kind' is multi-index: it follows inner products, and the scores of neumf "
        + "are none; give uniform or popularity"
    ),
    (
      ["rankerTraining.heads=[like]"],
      "settings of 'rankerTraining' are for stages that are trained apart, and 'method' is corr: leave the "
        + "block out, or set method to independent"
    ),
    (
      ["method=independent", "cooperation.stacking=1"],
      "settings of 'cooperation' are for stages that are trained for each other, and 'method' is "
        + "independent: leave the block out, or set method to icc, rankflow or corr"
    ),
    (
      ["method=independent", "proposal.kind=uniform"],
      "settings of 'proposal' are for stages that are trained for each other"
    ),
    (["proposal.count=0"], "proposal.count"),
    (["method=cor"], "'cor' is not one of independent, icc, rankflow, corr"),
  ])
  func `what cannot be trained together is answered in one line`(
    assignments: [String], text: String
  ) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let outcome = try Binary.run(
        ["train", "--data", data.path, "--out", folder.appending(path: "pair").path]
          + ["--set", "method=corr", "--set", "ranker.model=deepfm"]
          + assignments.flatMap { ["--set", $0] })
      #expect(outcome.code != 0)
      #expect(outcome.errors.contains(text), "\(outcome.errors)")
      #expect(!outcome.errors.contains("epoch 1/"))
    }
  }
}
