import CorralData
import CorralEvaluation
import CorralVectors
import Foundation
import Testing

@Suite struct TwoStageTests {
  /// A ranker with a different score for every pair of user and item.
  private func ranker(seed: UInt64) -> CandidateRanking {
    CandidateRanking { users, candidates in
      users.indices.flatMap { row in
        candidates[row].map { item in
          var generator = SeededGenerator(
            seed: seed, stream: UInt64(users[row].position * 1000 + item.position))
          return Float(generator.next(below: 5))
        }
      }
    }
  }

  private func world(_ seed: Int) -> RandomWorld {
    RandomWorld(seed: UInt64(seed), users: 300, items: 60)
  }

  @Test(arguments: 1...6)
  func `recall at the number of candidates is the retriever's exactly`(seed: Int) throws {
    let world = world(seed)
    let ranking = try FullRanking(of: world.split, settings: settings([1, 5, 10]))
    let found = try ranking.evaluate(
      world.vectors, then: ranker(seed: 5), candidates: 20, sweep: [3, 10, 40])
    #expect(found.cuts.map(\.candidates) == [3, 10, 20, 40])
    let deep = try FullRanking(of: world.split, settings: settings([3, 10, 20, 40]))
      .evaluate(world.vectors)
    for cut in found.cuts {
      let recall = Metric(.recall, at: cut.candidates)
      #expect(try cut.evaluation.values(of: recall) == deep.values(of: recall))
    }
    #expect(found.twoStage == found.cuts[2].evaluation)
    #expect(
      try found.retriever.value(of: Metric(.ndcg, at: 10)) == deep.value(of: .init(.ndcg, at: 10)))
  }

  @Test(arguments: 1...6)
  func `lists are the candidates by the ranker's scores, ties in the retriever's order`(
    seed: Int
  ) throws {
    let world = world(seed)
    let ranker = ranker(seed: 9)
    let ranking = try FullRanking(of: world.split, settings: settings([1, 4, 8]))
    let evaluation = try ranking.evaluate(world.scores, then: ranker, candidates: 8).twoStage
    for (row, user) in evaluation.users.enumerated() {
      let candidates = world.ranking(for: user.position, part: .test, masking: true).prefix(8)
      let scores = try ranker.scores([user], Ragged([candidates.map(ItemIndex.init)]))
      let order = candidates.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
      let list = order.map { candidates[$0] }
      for (place, target) in evaluation.targets[row].enumerated() {
        let rank = list.firstIndex(of: target.position).map { $0 + 1 } ?? 0
        #expect(Int(evaluation.ranks[evaluation.targets.offsets[row] + place]) == rank)
      }
    }
  }

  @Test func `a ranker that knows the targets reaches every ceiling`() throws {
    let world = world(7)
    let targets = world.split.targets(.test)
    let oracle = CandidateRanking { users, candidates in
      users.indices.flatMap { row in
        candidates[row].map { targets[users[row].position].contains($0) ? Float(1) : 0 }
      }
    }
    var settings = settings([1, 5, 10], resamples: 50)
    settings.candidates = 12
    let ranking = try FullRanking(of: world.split, settings: settings)
    let report = try ranking.evaluate(world.vectors, then: oracle).report()
    let stages = try #require(report.twoStage)
    let reached = try #require(report.stages["two_stage"])
    #expect(stages.candidates == 12)
    #expect(stages.ceilings.keys.contains("ndcg@10"))
    for (name, ceiling) in stages.ceilings { #expect(reached[name] == ceiling, "\(name)") }
    #expect(stages.ceilings["recall@12"] == report.stages["retriever"]?["recall@12"])
    // Any other ranker is worse, and reaches the same recall of all candidates.
    let other = try #require(
      try ranking.evaluate(world.vectors, then: ranker(seed: 1)).report().twoStage)
    #expect(other.ceilings == stages.ceilings)
  }

  @Test func `one held-out item a user makes the oracle's ndcg the retriever's recall`() throws {
    let planted = RankedWorld(users: 200)
    let queries = Matrix(rows: 200, columns: 1, values: (0..<200).map { Float($0 % 3) - 1 })
    let items = Matrix(rows: 40, columns: 1, values: (0..<40).map { Float($0 % 7) })
    let oracle = CandidateRanking { users, candidates in
      users.indices.flatMap { row in
        candidates[row].map { $0.position == (users[row].position + 1) % 40 ? Float(1) : 0 }
      }
    }
    let found = try FullRanking(of: planted.split, settings: settings([10])).evaluate(
      .vectors(queries: { queries.gathered($0) }, items: items), then: oracle, candidates: 10)
    let recall = try found.retriever.value(of: Metric(.recall, at: 10))
    #expect(recall > 0 && recall < 1)
    #expect(try found.twoStage.value(of: Metric(.ndcg, at: 10)) == recall)
  }

  @Test(arguments: [false, true])
  func `a ranker that repeats the retriever's scores changes nothing`(
    dependsOnList: Bool
  ) throws {
    let world = world(3)
    let same = CandidateRanking(dependsOnList: dependsOnList) { users, candidates in
      users.indices.flatMap { row in
        candidates[row].map { world.score(users[row].position, $0.position) }
      }
    }
    let ranking = try FullRanking(
      of: world.split, settings: settings([1, 5, 20], resamples: 20))
    let found = try ranking.evaluate(world.vectors, then: same, candidates: 20, sweep: [5])
    #expect(found.twoStage.ranks == found.retriever.ranks)
    for lift in try found.lifts() {
      #expect(lift.difference.mean == 0 && lift.p == 1 && lift.wins == 0, "\(lift.metric)")
    }
    let report = try found.report()
    #expect(report.stages["two_stage"] == report.stages["retriever"])
    #expect(report.twoStage?.sweep.map(\.candidates) == [5, 20])
  }

  @Test func `a sweep retrieves once and ranks each candidate once`() throws {
    let world = RandomWorld(seed: 4, users: 2500, items: 50)
    var users: [UserIndex] = []
    var pairs = 0
    var largest = 0
    let counting = CandidateRanking { asked, candidates in
      users += asked
      pairs += candidates.values.count
      largest = max(largest, candidates.values.count)
      return candidates.values.map { -Float($0.position) }
    }
    let ranking = try FullRanking(of: world.split, settings: settings([5]))
    let found = try ranking.evaluate(
      world.vectors, then: counting, candidates: 10, sweep: [5, 20, 40])
    #expect(users == found.retriever.users)
    #expect(pairs <= users.count * 40 && pairs > users.count * 35)
    #expect(largest <= CandidateRanking.largestCall)
    // The result for each number of candidates is the same without the others.
    for cut in found.cuts {
      let alone = try ranking.evaluate(
        world.vectors, then: counting, candidates: cut.candidates)
      #expect(alone.twoStage.ranks == cut.evaluation.ranks)
      #expect(alone.twoStage.intervals() == cut.evaluation.intervals())
    }
  }

  @Test func `a ranker whose scores depend on the list sees each list`() throws {
    let world = world(8)
    var lengths: Set<Int> = []
    let counting = CandidateRanking(dependsOnList: true) { _, candidates in
      lengths.formUnion((0..<candidates.count).map { candidates[$0].count })
      return [Float](repeating: 0, count: candidates.values.count)
    }
    _ = try FullRanking(of: world.split, settings: settings([5]))
      .evaluate(world.vectors, then: counting, candidates: 10, sweep: [4, 20])
    #expect(lengths == [4, 10, 20])
  }

  @Test func `the report says what it is of, and is the JSON that is promised`() throws {
    let world = world(2)
    let ranking = try FullRanking(of: world.split, settings: settings([5, 10], resamples: 20))
    let report = try ranking.evaluate(
      world.vectors, then: ranker(seed: 2), candidates: 10, sweep: [20]
    ).report()
    #expect(
      report.protocolInUse.candidates == "all 60 items, the first 10 of the retriever ranked again")
    let data = try JSONEncoder().encode(report)
    let object = try #require(
      try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let stages = try #require(object["stages"] as? [String: Any])
    #expect(Set(stages.keys) == ["retriever", "two_stage"])
    let twoStage = try #require(object["two_stage"] as? [String: Any])
    #expect(
      Set(twoStage.keys) == [
        "candidates", "ceilings", "lifts", "sweep", "retrieval_seconds", "ranking_seconds",
      ])
    #expect(try JSONDecoder().decode(EvaluationReport.self, from: data) == report)
    let alone = try JSONEncoder().encode(ranking.evaluate(world.vectors).report())
    #expect(!String(decoding: alone, as: UTF8.self).contains("two_stage"))
  }

  @Test func `candidates are the retriever's lists, one row a user of the split`() throws {
    let world = RandomWorld(seed: 6, users: 1500, items: 40, targetShare: 0.2)
    let ranking = try FullRanking(of: world.split, part: .validation, settings: settings([5]))
    let lists = try ranking.candidates(of: world.vectors, count: 7)
    #expect(lists.count == world.split.userCount)
    let targets = world.split.targets(.validation)
    for user in stride(from: 0, to: world.split.userCount, by: 7) {
      let expected = world.ranking(for: user, part: .validation, masking: true).prefix(7)
      #expect(lists[user].map(\.position) == (targets[user].isEmpty ? [] : Array(expected)))
    }
  }

  @Test func `what cannot be measured says so`() throws {
    let world = world(1)
    let ranking = try FullRanking(of: world.split, settings: settings([5]))
    #expect(
      message { try ranking.evaluate(world.vectors, then: ranker(seed: 1), candidates: 61) }
        == "setting 'evaluate.candidates' is 61: the ranker is given 1 to 60 candidates,"
        + " because the catalogue has 60 items")
    #expect(
      message {
        try ranking.evaluate(world.vectors, then: ranker(seed: 1), candidates: 10, sweep: [0])
      }
        == "setting 'evaluate.sweep' is 0: the ranker is given 1 to 60 candidates, because"
        + " the catalogue has 60 items")
    let broken = CandidateRanking { _, candidates in candidates.values.map { _ in .nan } }
    #expect(
      message { try ranking.evaluate(world.vectors, then: broken, candidates: 10) }.hasPrefix(
        "the model gave a value that is not a finite number for a candidate of user"))
    var settings = settings([5])
    settings.candidates = 0
    #expect(
      message { _ = try FullRanking(of: world.split, settings: settings) }
        == "setting 'evaluate.candidates' is 0: a ranker orders 1 candidate or more, such as"
        + " 100")
  }
}
