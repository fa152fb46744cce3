import Foundation
import Testing

@Suite struct ExperimentTests {
  @Test func `experiments are listed`() throws {
    let outcome = try Binary.run("experiment", "list", "--json")
    let names = try outcome.json([String: String].self)
    #expect(Set(names.keys) == ["popularity-bias", "frequency-estimator"])
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
