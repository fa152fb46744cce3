import CorralExperiments
import CorralPipeline
import CorralTesting
import Foundation
import Testing

@Suite struct ExperimentTests {
  @Test func `experiments are listed with their questions`() throws {
    let outcome = try Binary.run("experiment", "list", "--json")
    let questions = try outcome.json([String: String].self)
    #expect(
      Set(questions.keys) == [
        "popularity-bias", "frequency-estimator", "retrievers", "corr-main", "corr-pairs",
        "corr-samplers", "corr-distillation", "corr-negatives", "dnc-main", "dnc-strong",
        "dnc-in-cluster", "dnc-alpha", "dnc-large", "dnc-ranker", "dnc-throughput",
      ])
    #expect(questions["corr-negatives"] == "How many negatives does cooperative training need?")
    let unknown = try Binary.run("experiment", "run", "popularity-bais")
    #expect(unknown.code == 2)
    #expect(unknown.errors.contains("did you mean 'popularity-bias'?"))
  }

  @Test func `the bias bench compares five arms, and runs again from its settings`() throws {
    struct Answer: Decodable {
      struct Arm: Decodable {
        struct Summary: Decodable { let mean: Double }
        struct Test: Decodable { let p: Double }
        let arm: String
        let metrics: [String: Summary]
        let items: [String: [String: Summary]]
        let tests: [String: Test]
      }
      let seeds: [Int]
      let arms: [Arm]
    }
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "bias")
      let small = [
        "seeds=[1,2]", "synthetic.users=150", "synthetic.items=60", "synthetic.interactions=3000",
        "train.epochs=2", "train.batch=128", "retriever.dimension=8", "evaluate.resamples=50",
      ].flatMap { ["--set", $0] }
      let outcome = try Binary.run(
        ["experiment", "run", "popularity-bias", "--json", "--out", place.path] + small)
      try #require(outcome.code == 0, "\(outcome.errors)")
      let answer = try outcome.json(Answer.self)
      #expect(answer.seeds == [1, 2])
      #expect(
        answer.arms.map(\.arm) == [
          "none", "logQ (yi)", "logQ (positive uncorrected)", "prior at serving",
          "logQ (yi) + prior",
        ])
      #expect(answer.arms[0].tests.isEmpty)
      for arm in answer.arms {
        #expect(arm.metrics["ndcg@10"] != nil && arm.items["tail"]?["ndcg@10"] != nil)
        #expect(arm.tests.values.allSatisfy { (0...1).contains($0.p) })
      }
      // The same weights, served differently.
      #expect(answer.arms[3].metrics["ndcg@10"]?.mean != answer.arms[0].metrics["ndcg@10"]?.mean)
      for file in ["settings.json", "results.json", "README.md"] {
        #expect(FileManager.default.fileExists(atPath: place.appending(path: file).path))
      }
      let again = try Binary.run(
        "experiment", "run", place.appending(path: "settings.json").path, "--json")
      try #require(again.code == 0, "\(again.errors)")
      #expect(
        try again.json(Answer.self).arms.map { $0.metrics["ndcg@10"]?.mean }
          == answer.arms.map { $0.metrics["ndcg@10"]?.mean })
    }
  }

  @Test func `the table of retrievers trains each in a process, and goes on where it was`() throws {
    struct Answer: Decodable {
      struct Row: Decodable {
        struct Arm: Decodable { let name: String }
        struct Summary: Decodable { let mean: Double }
        let arm: Arm
        let seeds: [Int]
        let metrics: [String: Summary]
        let seconds: Double
        let peakMemory: Int
        let test: Test?
      }
      struct Test: Decodable {
        let baseline, mean: Double
        let pOverSeeds: Double?
      }
      let against: String
      let rows: [Row]
    }
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "table")
      let results = folder.appending(path: "RESULTS.md")
      func run(_ more: String...) throws -> Outcome {
        try Binary.run(
          [
            "experiment", "run", "retrievers", "--data", data.path, "--out", place.path,
            "--results", results.path, "--json", "--set", "seeds=[1,2]",
          ] + TinyData.quick + more)
      }
      let outcome = try run("--set", "only=[popularity,mf]")
      try #require(outcome.code == 0, "\(outcome.errors)")
      let answer = try outcome.json(Answer.self)
      #expect(Set(answer.rows.map(\.arm.name)) == ["popularity", "mf"])
      #expect(answer.rows.allSatisfy { $0.seeds == [1, 2] })
      #expect(answer.rows.allSatisfy { $0.peakMemory > 10_000_000 })
      let ndcg = answer.rows.map { $0.metrics["ndcg@10"]?.mean ?? 0 }
      #expect((0...1).contains(answer.rows[1].test?.pOverSeeds ?? 9))
      #expect(ndcg[0] >= ndcg[1] && answer.against == answer.rows[0].arm.name)
      let text = try String(contentsOf: results, encoding: .utf8)
      #expect(text.contains("## retrievers: tiny\n") && text.contains("| mf | "))
      #expect(text.contains("; every arm with `train.epochs="), "\(text)")
      // A place that is taken is refused before anything is trained.
      let taken = try run("--set", "only=[implicit-als]")
      #expect(taken.code == 2 && taken.errors.contains("exists already; choose another --out"))
      #expect(!taken.errors.contains("implicit-als, seed 1"), "\(taken.errors)")
      /// The table over the models that the command has trained, in this process.
      func table(_ assignments: String...) throws -> ArmTable.Results {
        var options = try ArmTable.Options(
          #require(try Study(named: "retrievers")), file: nil,
          assignments: ["seeds=[1,2]"] + TinyData.quick.filter { $0 != "--set" } + assignments)
        options.data = data.path
        return try ArmTable(options: options, folder: place.appending(path: "models")) {
          Issue.record("\($0) is trained again")
        }.run()
      }
      let again = try table("only=[mf,popularity]")
      #expect(again.rows.map(\.seconds) == answer.rows.map(\.seconds))
      // A model with other settings is no row of this table.
      let other = try #require(throws: ExperimentError.self) {
        try table("only=[mf]", "train.rate=0.5")
      }
      #expect(
        other.description.contains("mf-seed-1 was trained with train.rate 0.0")
          && other.description.contains("and this experiment has 0.5; remove it"), "\(other)")
      // Settings that its training did not read may differ.
      let kept = place.appending(components: "models", "mf-seed-1").path
      let retrained = try Binary.run(
        ["train", "--data", data.path, "--out", kept, "--seed", "1"]
          + ["--set", "retriever.model=mf", "--set", "rankerTraining.train.epochs=7"]
          + TinyData.quick)
      try #require(retrained.code == 0, "\(retrained.errors)")
      // An arm that takes too long is trained once; no training takes no time.
      let once = try table("only=[mf]", "repeatWithin=1e-9")
      #expect(once.rows.map(\.seeds) == [[1]])
      // An arm that is not repeated is compared over the seed that both have.
      let some = try table("only=[mf,popularity]", "repeated=[mf]", "against=popularity")
      let factors = try #require(some.rows.first { $0.arm.name == "mf" })
      let counted = try #require(some.rows.first { $0.arm.name == "popularity" })
      #expect(factors.seeds == [1, 2] && counted.seeds == [1] && counted.test == nil)
      #expect(some.against == "popularity")
      let single = once.rows[0].metrics["ndcg@10"]?.mean ?? 0
      #expect(abs((factors.test?.mean ?? 0) - single) < 1e-12 && factors.test?.pOverSeeds == nil)
      #expect(factors.test?.baseline == counted.metrics["ndcg@10"]?.mean)
    }
  }

  @Test func `a study of the user's own is run from its file, and again from its settings`() throws
  {
    struct Answer: Decodable {
      struct Row: Decodable {
        struct Arm: Decodable { let name: String }
        let arm: Arm
        let seconds: Double
      }
      let rows: [Row]
    }
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "out")
      let results = folder.appending(path: "RESULTS.md")
      let study = try folder.write(
        """
        question: Does order matter, on or off?
        rows: model
        arms:
          - {name: "counts, all", settings: {retriever: {model: popularity}}}
          - {name: "counts+, all", settings: {retriever: {model: implicit-als, dimension: 4}}}
        """, as: "my-study.yaml")
      let outcome = try Binary.run(
        [
          "experiment", "run", study, "--data", data.path, "--out", place.path, "--seed", "1",
          "--results", results.path, "--json", "--set", "evaluate.cutoffs=[10]",
        ])
      try #require(outcome.code == 0, "\(outcome.errors)")
      #expect(
        try Set(outcome.json(Answer.self).rows.map(\.arm.name)) == ["counts, all", "counts+, all"])
      let text = try String(contentsOf: results, encoding: .utf8)
      #expect(text.contains("## my-study: tiny\n\nDoes order matter, on or off?\n"), "\(text)")
      #expect(text.contains("| model | recall@10 | ") && text.contains("| counts, all | "))
      // Names that are alike as folders have each their own.
      for (name, kind) in [
        ("counts-all-seed-1", "popularity"), ("counts-all-2-seed-1", "implicit-als"),
      ] {
        #expect(try OpenedModel(place.appending(components: "models", name).path).kind == kind)
      }
      let again = try Binary.run(
        "experiment", "run", place.appending(path: "settings.json").path, "--json", "--out",
        folder.appending(path: "again").path)
      try #require(again.code == 0, "\(again.errors)")
      #expect(
        try Set(again.json(Answer.self).rows.map(\.arm.name)) == ["counts, all", "counts+, all"])
    }
  }

  @Test func `a study of pairs compares methods on one split, and says what the retriever finds`()
    throws
  {
    struct Answer: Decodable {
      struct Row: Decodable {
        struct Arm: Decodable { let name: String }
        struct Summary: Decodable { let mean: Double }
        struct Test: Decodable { let baseline, mean, p: Double }
        let arm: Arm
        let metrics: [String: Summary]
        let retriever: [String: Summary]?
        let test: Test?
        let retrieverTest: Test?
      }
      let rows: [Row]
    }
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let results = folder.appending(path: "RESULTS.md")
      let outcome = try Binary.run(
        [
          "experiment", "run", "corr-pairs", "--data", data.path, "--results", results.path,
          "--out", folder.appending(path: "pairs").path, "--json", "--seed", "1", "--set",
          "pair=sasrec+din", "--set", "rankerTraining.train.epochs=1", "--set",
          "retriever.history=5",
          "--set", "ranker.dimension=8", "--set", "train.epochs=1", "--set",
          "train.evaluateEvery=1", "--set", "evaluate.cutoffs=[5,10]", "--set",
          "evaluate.candidates=10",
        ])
      try #require(outcome.code == 0, "\(outcome.errors)")
      let rows = try outcome.json(Answer.self).rows
      #expect(
        Set(rows.map(\.arm.name)) == ["independent", "independent, both scores", "corr"])
      for row in rows {
        #expect(row.arm.name == "corr" ? row.test == nil : (0...1).contains(row.test?.p ?? 9))
        // The ranker orders ten candidates again: among the first ten are the same.
        let found = try #require(row.retriever?["recall@10"]?.mean)
        #expect(found > 0 && row.metrics["recall@10"]?.mean == found)
      }
      // The retrievers are tested too, against that of the arm that all are tested against.
      let taught = try #require(rows.first { $0.arm.name == "corr" })
      #expect(taught.retrieverTest == nil)
      for row in rows where row.arm.name != "corr" {
        let test = try #require(row.retrieverTest)
        #expect((0...1).contains(test.p))
        #expect(abs(test.mean - (row.retriever?["ndcg@10"]?.mean ?? 9)) < 1e-12)
        #expect(abs(test.baseline - (taught.retriever?["ndcg@10"]?.mean ?? 9)) < 1e-12)
      }
      #expect(outcome.errors.contains("with the retriever of independent\n"), "\(outcome.errors)")
      let text = try String(contentsOf: results, encoding: .utf8)
      #expect(text.contains("## corr-pairs: sasrec+din on tiny\n") && text.contains("| corr | "))
      #expect(text.contains("| retriever alone | its p | its recall@100 |"))
      // A row without a ranker has nothing to do with the settings of one.
      let alone = try Binary.run(
        [
          "experiment", "run", "corr-main", "--data", data.path, "--out",
          folder.appending(path: "main").path, "--json", "--seed", "1", "--set",
          "pair=sasrec+din", "--set",
          "only=[\"sasrec alone, sampled softmax\",independent]", "--set",
          "rankerTraining.train.epochs=1", "--set", "retriever.history=5", "--set",
          "ranker.dimension=8",
          "--set", "train.epochs=1", "--set", "train.evaluateEvery=1", "--set",
          "evaluate.cutoffs=[5,10]",
        ])
      try #require(alone.code == 0, "\(alone.errors)")
      #expect(alone.errors.contains("with the retriever of sasrec alone, sampled softmax\n"))
      // Beside a row without a ranker there is no other retriever to test one against.
      let page = try String(
        contentsOf: folder.appending(components: "main", "README.md"), encoding: .utf8)
      #expect(page.contains("| retriever alone | its recall@100 |"), "\(page)")
      let solo = try #require(
        try alone.json(Answer.self).rows.first { $0.arm.name == "sasrec alone, sampled softmax" })
      // A retriever that an arm began with is the one that it would have trained.
      for name in ["independent", "independent, both scores"] {
        let borrowed = try #require(rows.first { $0.arm.name == name })
        #expect(borrowed.retriever?["recall@5"]?.mean == solo.metrics["recall@5"]?.mean)
      }
    }
  }

  @Test func `targets are ranked within clusters, whatever lists were measured before`() throws {
    struct Answer: Decodable {
      struct Row: Decodable {
        struct Arm: Decodable { let name: String }
        struct Summary: Decodable { let mean: Double }
        let arm: Arm
        let metrics: [String: Summary]
      }
      struct Rules: Decodable { let candidates: String }
      let rows: [Row]
      let `protocol`: Rules
    }
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      func run(_ study: String, _ more: String...) throws -> Outcome {
        try Binary.run(
          [
            "experiment", "run", study, "--data", data.path, "--json", "--seed", "1", "--out",
            folder.appending(path: study).path,
          ]
            + [
              "only=[SASRec, hadamard]", "retriever.dimension=8", "clusters.count=2",
              "clusters.smallest=2", "train.epochs=1", "train.batch=64", "train.threads=1",
              "train.metric=ndcg@5", "evaluate.resamples=0",
            ].flatMap { ["--set", $0] } + more)
      }
      let within = try run(
        "dnc-in-cluster", "--set", "evaluate.cutoffs=[1,5]", "--set", "headline=recall@5")
      try #require(within.code == 0, "\(within.errors)")
      let answer = try within.json(Answer.self)
      #expect(answer.protocol.candidates.contains("in the target's cluster, one of 2 clusters"))
      #expect(Set(answer.rows.map(\.arm.name)) == ["SASRec", "hadamard"])
      // The models that were trained are ranked anew, so that other cut-offs need no other training.
      var options = try ArmTable.Options(
        #require(try Study(named: "dnc-in-cluster")), file: nil,
        assignments: [
          "seeds=[1]", "only=[SASRec, hadamard]", "retriever.dimension=8", "clusters.count=2",
          "clusters.smallest=2", "train.epochs=1", "train.batch=64", "train.threads=1",
          "train.metric=ndcg@5", "evaluate.resamples=0", "evaluate.cutoffs=[3]",
          "headline=recall@3",
        ])
      options.data = data.path
      func table() throws -> ArmTable.Results {
        try ArmTable(
          options: options, folder: folder.appending(components: "dnc-in-cluster", "models")
        ) { Issue.record("\($0) is trained again") }.run()
      }
      let again = try table()
      #expect(again.rows.allSatisfy { $0.metrics["recall@3"] != nil })
      // Lists of the whole catalogue were measured by the cut-offs of the training.
      options.rankedAmong = .catalogue
      #expect(throws: ExperimentError.self) { try table() }
    }
  }

  @Test func `the study of throughput has a rate for each arm beside the first`() throws {
    struct Answer: Decodable {
      struct Row: Decodable {
        let arm: String
        let targetsPerSecond, ratio: Double
        let range: [Double]
      }
      let rows: [Row]
    }
    let small = [
      "users=20", "length=12", "items=60", "clusters=3", "history=6", "batch=16", "steps=2",
      "rounds=2",
    ]
    let outcome = try Binary.run(
      ["experiment", "run", "dnc-throughput", "--json"] + small.flatMap { ["--set", $0] })
    try #require(outcome.code == 0, "\(outcome.errors)")
    let rows = try outcome.json(Answer.self).rows
    #expect(rows.map(\.arm) == ["SASRec", "SASRec, in cluster", "prepend", "hadamard", "MMoE"])
    #expect(rows[0].ratio == 1 && rows[0].range == [1, 1])
    for row in rows {
      #expect(row.targetsPerSecond > 0 && row.range[0] <= row.ratio && row.ratio <= row.range[1])
    }
    let none = try Binary.run("experiment", "run", "dnc-throughput", "--set", "rounds=0")
    #expect(none.code == 2 && none.errors.contains("rounds is too small"), "\(none.errors)")
    let few = try Binary.run(
      "experiment", "run", "dnc-throughput", "--set", "users=2", "--set", "length=3")
    #expect(few.code == 2 && few.errors.contains("make 4 pairs, fewer than a step of 256"))
    let crowded = try Binary.run("experiment", "run", "dnc-throughput", "--set", "clusters=3000")
    #expect(crowded.code == 2 && crowded.errors.contains("too few for 3000 clusters"))
  }

  @Test func `the estimator study prints its errors beside the known ones`() throws {
    struct Answer: Decodable {
      struct Row: Decodable {
        struct Reading: Decodable {
          let step: Int
          let error: Double
          let reference: Double?
        }
        let name: String
        let readings: [Reading]
      }
      let rows: [Row]
    }
    let outcome = try Binary.run(
      "experiment", "run", "frequency-estimator", "--json", "--set", "study.seeds=1", "--set",
      "study.readings=[1000,5000]")
    try #require(outcome.code == 0, "\(outcome.errors)")
    let rows = try outcome.json(Answer.self).rows
    for reading in rows.flatMap(\.readings) {
      guard let reference = reading.reference else { continue }
      #expect(abs(reading.error / reference - 1) < 0.2)
    }
    #expect(rows.contains { $0.readings.contains { $0.reference != nil } })
  }
}
