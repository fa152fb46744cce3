import CorralData
import CorralEvaluation
import CorralVectors
import Foundation
import Testing

@Suite struct ReportTests {
  @Test(arguments: 1...5)
  func `slices cut targets and users exactly`(seed: Int) throws {
    let world = RandomWorld(seed: UInt64(seed), users: 150, items: 40)
    let evaluation = try FullRanking(of: world.split, settings: settings([10])).evaluate(
      world.vectors)
    let slices = evaluation.report().slices
    let items = try #require(slices["items"])
    let users = try #require(slices["users"])
    #expect(Set(items.keys) == ["head", "middle", "tail", "cold"])
    #expect(items.values.reduce(0) { $0 + $1.targets } == evaluation.targets.values.count)
    #expect(items["cold"]?.targets == evaluation.coldTargets)
    #expect(Set(users.keys) == ["light", "regular", "heavy"])
    #expect(users.values.reduce(0) { $0 + $1.users } == evaluation.users.count)
    #expect(users.values.reduce(0) { $0 + $1.targets } == evaluation.targets.values.count)
    // The mean over all users is the weighted mean of the slices' means.
    for metric in ["recall@10", "ndcg@10", "popularity@10"] {
      let sum = users.values.reduce(0.0) { $0 + Double($1.users) * ($1.metrics[metric]?.mean ?? 0) }
      let whole = try evaluation.value(of: Metric(named: metric))
      #expect(abs(sum / Double(evaluation.users.count) - whole) < 1e-12)
    }
    let light = try #require(users["light"]?.longestHistory)
    let regular = try #require(users["regular"])
    #expect(try #require(regular.shortestHistory) > light)
    #expect(try #require(users["heavy"]?.shortestHistory) > #require(regular.longestHistory))
  }

  @Test func `a slice of items equals its definition`() throws {
    let world = RandomWorld(seed: 8, users: 120, items: 40)
    let evaluation = try FullRanking(of: world.split, settings: settings([10])).evaluate(
      world.vectors)
    let groups = ItemGroup.groups(counts: world.split.itemCounts())
    let slices = try #require(evaluation.report().slices["items"])
    for group in ItemGroup.allCases {
      var values: [Measure: [Double]] = [:]
      for user in 0..<120 {
        let targets = Set(
          world.split.test[user].map(\.position).filter { groups[$0] == group })
        if targets.isEmpty { continue }
        let ranking = world.ranking(for: user, part: .test, masking: true)
        for measure in [Measure.recall, .cappedRecall, .ndcg, .mrr, .hit] {
          values[measure, default: []].append(
            byDefinition(measure, 10, ranking: ranking, targets: targets))
        }
      }
      let slice = try #require(slices["\(group)"])
      #expect(slice.users == values[.recall]?.count ?? 0)
      for (measure, values) in values {
        let mean = try #require(slice.metrics["\(Metric(measure, at: 10))"]?.mean)
        #expect(abs(mean - values.reduce(0, +) / Double(values.count)) < 1e-12)
      }
    }
  }

  @Test func `the JSON has the documented shape`() throws {
    let world = RandomWorld(seed: 1)
    let evaluation = try FullRanking(of: world.split, settings: settings([10], resamples: 50))
      .evaluate(world.vectors)
    let json = try JSONEncoder().encode(evaluation.report())
    let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "protocol", "stages", "lists", "lists_by", "slices", "counts", "seconds",
        "users_per_second",
      ])
    let stages = try #require(object["stages"] as? [String: [String: [String: Double]]])
    let recall = try #require(stages["retriever"]?["recall@10"])
    let mean = try #require(recall["mean"])
    #expect(try #require(recall["low"]) < mean && mean < #require(recall["high"]))
    #expect(abs(try evaluation.value(of: Metric(.recall, at: 10)) - mean) < 1e-12)
    #expect(
      stages["retriever"]?["coverage@10"]?["low"] == stages["retriever"]?["coverage@10"]?["mean"])
    let rules = try #require(object["protocol"] as? [String: Any])
    #expect(rules["split"] as? String == "test of random rows")
    #expect(rules["masked"] as? Bool == true)
    #expect(rules["targets"] as? String == "every held-out item, once per user")
    #expect(rules["candidates"] as? String == "all 30 items")
    let counts = try #require(object["counts"] as? [String: Int])
    #expect(counts["users"] == evaluation.users.count)
    #expect(counts["cold_targets"] == evaluation.coldTargets)
    #expect(try JSONDecoder().decode(EvaluationReport.self, from: json) == evaluation.report())
  }

  @Test func `an evaluation comes back from its file as it was`() throws {
    let world = RandomWorld(seed: 6)
    let evaluation = try FullRanking(of: world.split, settings: settings([1, 10], resamples: 50))
      .evaluate(world.vectors)
    try withTemporaryFile { url in
      try evaluation.write(to: url)
      let read = try Evaluation(contentsOf: url)
      #expect(read == evaluation)
      // The duration is not in the file, so that the same ranks give the same bytes.
      var report = evaluation.report()
      (report.seconds, report.usersPerSecond) = (0, 0)
      #expect(read.report() == report)
      #expect(try read.compared(with: evaluation).allSatisfy { $0.p == 1 })
    }
  }

  @Test func `another file is not an evaluation`() throws {
    try withTemporaryFile { url in
      try SafetensorsFile.write([SafetensorsTensor("users", [1 as Int32])], to: url)
      let error = #expect(throws: EvaluationError.self) { try Evaluation(contentsOf: url) }
      #expect(
        error?.description
          == "\(url.path) does not hold an evaluation: its kind is 'none', not "
          + "'corral evaluation 1'; evaluate the model again to replace it")
    }
  }

  @Test func `a file with impossible ranks is refused`() throws {
    let evaluation = try RankedWorld(users: 5).evaluation(ranks: [1, 2, 3, 4, 5])
    try withTemporaryFile { url in
      try evaluation.write(to: url)
      let file = try SafetensorsFile(url)
      var tensors = try file.names.filter { $0 != "ranks" && $0 != "target_groups" }.map { name in
        switch file.entries[name]?.type {
        case .int64: SafetensorsTensor(name, try file.array(name) as [Int64])
        case .float32:
          SafetensorsTensor(name, try file.array(name) as [Float], shape: file.entries[name]?.shape)
        default: SafetensorsTensor(name, try file.array(name) as [Int32])
        }
      }
      tensors.append(SafetensorsTensor("ranks", [1, 2, 3, 4, 11] as [Int32]))
      tensors.append(SafetensorsTensor("target_groups", try file.array("target_groups") as [UInt8]))
      try SafetensorsFile.write(tensors, metadata: file.metadata, to: url)
      let error = #expect(throws: EvaluationError.self) { try Evaluation(contentsOf: url) }
      #expect(error?.description.contains("a rank is outside 0...10") == true)
    }
  }
}
