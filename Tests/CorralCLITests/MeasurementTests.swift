import Foundation
import Testing

/// What `evaluate` and `train` say of a measurement beside its numbers.
@Suite struct `measurements` {
  struct Report: Decodable {
    struct Counts: Decodable {
      let targets: Int
      let masked_targets: Int
    }
    struct Mean: Decodable { let mean: Double }
    struct Index: Decodable {
      let kind: String
      let stages: [String: [String: Mean]]
    }
    let counts: Counts?
    let stages: [String: [String: Mean]]
    let index: Index?
  }

  /// Users who meet two items by turns: all that is held out was met before.
  private func writeRepeats(into folder: URL) throws -> URL {
    var log = "user_id,item_id,timestamp\n"
    for user in 0..<20 {
      for step in 0..<6 { log += "u\(user),i\(user % 5 + step % 2 * 5),\(step)\n" }
    }
    let file = folder.appending(path: "log.csv")
    try Data(log.utf8).write(to: file)
    return file
  }

  @Test func `targets that were met before and are masked are counted and explained`() throws {
    try withTemporaryFolder { folder in
      let data = try writeRepeats(into: folder)
      let place = folder.appending(path: "model").path
      let command = [
        "train", "--data", data.path, "--out", place, "--set", "retriever.model=popularity",
        "--set", "evaluate.cutoffs=[2]",
      ]
      let trained = try Binary.run(command)
      #expect(trained.output.contains("no model can find them: 20 of 20 targets"))
      #expect(trained.errors.contains("20 of 20 validation targets were met before"))
      let json = try Binary.run(command + ["--json"]).json(Report.self)
      #expect(json.counts?.masked_targets == 20 && json.counts?.targets == 20)

      let measured = try Binary.run("evaluate", place)
      #expect(measured.output.contains("20 of 20 targets"), "\(measured.output)")
      #expect(measured.output.contains("all metrics are 0 for that reason"))
      #expect(measured.output.contains("evaluate.seen=ranked"))
      let validation = try Binary.run("evaluate", place, "--split", "validation", "--json")
      #expect(try validation.json(Report.self).counts?.masked_targets == 20)
      let ranked = try Binary.run("evaluate", place, "--set", "seen=ranked")
      #expect(!ranked.output.contains("no model can find them"), "\(ranked.output)")
    }
  }

  @Test(
    arguments: [
      ("mf", "hnsw", [String]()),
      ("implicit-als", "multi-index", []),
      ("comirec", "hnsw", ["ranker.model=deepfm", "rankerTraining.train.epochs=1"]),
    ])
  func `a saved index is measured beside the exact search`(
    model: String, index: String, more: [String]
  ) throws {
    try withTemporaryFolder { folder in
      _ = try TinyData.write(into: folder)
      let settings = (["index.kind=\(index)", "index.clusters=4"] + more).flatMap { ["--set", $0] }
      let (place, trained) = try TinyData.trained(model, in: folder, settings)
      #expect(trained.code == 0, "\(trained.errors)")
      let report = try Binary.run("evaluate", place.path, "--json").json(Report.self)
      let found = try #require(report.index)
      #expect(found.kind == index)
      #expect(Set(found.stages.keys) == Set(report.stages.keys))
      // A catalogue this small is searched whole, so that both find the same.
      for (stage, metrics) in report.stages {
        for name in ["recall@10", "ndcg@5"] {
          let (exact, through) = (metrics[name]?.mean, found.stages[stage]?[name]?.mean)
          #expect(exact != nil && exact == through, "\(stage) \(name)")
        }
      }
      let text = try Binary.run("evaluate", place.path).output
      #expect(text.contains("through \(index)"), "\(text)")
      let exact = try Binary.run("index", "build", place.path, "--kind", "exact")
      #expect(exact.errors.contains("building an exact index"), "\(exact.errors)")
      #expect(
        try Binary.run("evaluate", place.path, "--json").json(Report.self).index == nil)
    }
  }

  @Test func `numbers out of range are refused with their bounds`() throws {
    try withTemporaryFolder { folder in
      let (place, trained) = try TinyData.trained(
        "mf", in: folder, ["index.kind=multi-index", "index.clusters=4"].flatMap { ["--set", $0] })
      #expect(trained.code == 0, "\(trained.errors)")
      let cases: [(arguments: [String], says: String)] = [
        (["evaluate", "--set", "resamples=1000000000"], "up to 100000"),
        (["evaluate", "--set", "resamples=-1"], "up to 100000"),
        (["evaluate", "--set", "cutoffs=[999999999]"], "numbers up to 40"),
        (["evaluate", "--set", "cutoffs=[0]"], "whole numbers from 1"),
        (["evaluate", "--set", "sweep=[0]"], "1 candidate or more"),
        (["index", "check", "--temperature", "1e-45"], "from 0.0001 to 10000"),
        (["index", "check", "--temperature", "inf"], "from 0.0001 to 10000"),
        (["index", "check", "-k", "9223372036854775807"], "more than the catalogue holds"),
        (["index", "build", "--kind", "hnsw", "--set", "m=1000000000"], "it can be 2 to 1000"),
      ]
      for (arguments, text) in cases {
        let outcome = try Binary.run(arguments + [place.path])
        #expect(outcome.code == 2, "\(arguments): \(outcome.code)")
        #expect(outcome.errors.contains(text), "\(arguments): \(outcome.errors)")
      }
      let many = try Binary.run("index", "check", place.path, "--queries", "9223372036854775807")
      #expect(many.code == 0, "\(many.errors)")
    }
  }

  @Test func `one of a thing is said as one`() throws {
    try withTemporaryFolder { folder in
      let (place, trained) = try TinyData.trained("mf", in: folder, ["--set", "train.epochs=1"])
      #expect(trained.output.contains(", 1 epoch in "), "\(trained.output)")
      let check = try Binary.run("index", "check", place.path, "--queries", "1")
      #expect(check.output.contains("1 query, one thread"), "\(check.output)")
    }
  }
}
