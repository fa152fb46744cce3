import CorralData
import CorralEvaluation
import CorralVectors
import Foundation
import Testing

@Suite struct FullRankingTests {
  @Test(arguments: 1...20, [EvaluationSettings.SeenItems.masked, .ranked])
  func `every metric equals its definition`(seed: Int, seen: EvaluationSettings.SeenItems) throws {
    let world = RandomWorld(seed: UInt64(seed))
    // 30 is the whole catalogue, more than is left once seen items are masked.
    var settings = settings([1, 3, 10, 30])
    settings.seen = seen
    for part in HeldOut.allCases {
      let ranking = try FullRanking(of: world.split, part: part, settings: settings)
      let evaluation = try ranking.evaluate(world.vectors)
      let targets = world.split.targets(part)
      let users = (0..<world.split.userCount).filter { !targets[$0].isEmpty }
      #expect(evaluation.users.map(\.position) == users)
      #expect(evaluation.skippedUsers == world.split.userCount - users.count)
      let rankings = users.map { world.ranking(for: $0, part: part, masking: seen == .masked) }
      for metric in evaluation.metrics where metric.measure != .coverage {
        guard metric.measure != .popularity else { continue }
        let expected = zip(users, rankings).map { user, ranking in
          byDefinition(
            metric.measure, metric.cutoff, ranking: ranking,
            targets: Set(targets[user].map(\.position)))
        }
        let found = try evaluation.values(of: metric)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(metric)")
        let mean = expected.reduce(0, +) / Double(users.count)
        #expect(abs(try evaluation.value(of: metric) - mean) < 1e-12, "\(metric)")
      }
      let heads = heads(counts: world.split.itemCounts())
      for cutoff in settings.cutoffs {
        let lists = rankings.map { $0.prefix(cutoff) }
        let coverage = Double(Set(lists.joined()).count) / 30
        #expect(try evaluation.value(of: Metric(.coverage, at: cutoff)) == coverage)
        let shares = lists.map { Double($0.filter(heads.contains).count) / Double($0.count) }
        let popularity = try evaluation.values(of: Metric(.popularity, at: cutoff))
        #expect(zip(popularity, shares).allSatisfy { abs($0 - $1) < 1e-7 })
      }
    }
  }

  /// The head by its definition: the most popular items until they have a third of the
  /// interactions.
  private func heads(counts: [Int]) -> Set<Int> {
    var heads: Set<Int> = []
    let total = counts.reduce(0, +)
    while 3 * heads.reduce(0, { $0 + counts[$1] }) < total {
      var best = -1
      for item in counts.indices where !heads.contains(item) {
        if best < 0 || counts[item] > counts[best] { best = item }
      }
      heads.insert(best)
    }
    return heads
  }

  @Test(arguments: 1...10)
  func `vectors and scores measure the same`(seed: Int) throws {
    let world = RandomWorld(seed: UInt64(seed), users: 3000, items: 50, targetShare: 0.3)
    let ranking = try FullRanking(of: world.split, settings: settings([2, 20]))
    let fast = try ranking.evaluate(world.vectors)
    let slow = try ranking.evaluate(world.scores)
    #expect(fast.ranks == slow.ranks)
    #expect(fast.intervals() == slow.intervals())
  }

  @Test func `the model is asked for each measured user once`() throws {
    let world = RandomWorld(seed: 3, users: 5000, items: 20, targetShare: 0.1)
    var asked: [Range<Int>] = []
    let evaluation = try FullRanking(of: world.split, settings: settings([5])).evaluate(
      .vectors(
        queries: {
          asked.append($0)
          return world.queries.gathered($0)
        }, items: world.items))
    #expect(asked.count > 1)
    #expect(zip(asked, asked.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
    let users = evaluation.users.map(\.position)
    #expect(users.allSatisfy { user in asked.contains { $0.contains(user) } })
  }

  @Test func `popularity equals a count`() throws {
    let world = RandomWorld(seed: 9, users: 300, items: 60)
    let counts = world.split.itemCounts()
    let evaluation = try FullRanking(of: world.split, settings: settings([10])).evaluate(
      .vectors(
        queries: { Matrix(rows: $0.count, columns: 1, repeating: 1) },
        items: Matrix(rows: 60, columns: 1, values: counts.map(Float.init))))
    let order = (0..<60).sorted { counts[$0] > counts[$1] || (counts[$0] == counts[$1] && $0 < $1) }
    let histories = world.split.histories(before: .test)
    var recall = 0.0
    var users = 0
    for user in 0..<300 where !world.split.test[user].isEmpty {
      let seen = Set(histories[user].map(\.position))
      let targets = Set(world.split.test[user].map(\.position))
      let list = Set(order.filter { !seen.contains($0) }.prefix(10))
      recall += Double(targets.intersection(list).count) / Double(targets.count)
      users += 1
    }
    #expect(try evaluation.value(of: Metric(.recall, at: 10)) == recall / Double(users))
  }

  @Test func `a model that knows the targets is perfect, and its opposite finds nothing`() throws {
    let world = RandomWorld(seed: 5, users: 200, items: 40)
    var settings = settings([5, 10])
    settings.seen = .ranked
    let ranking = try FullRanking(of: world.split, settings: settings)
    for (sign, expected) in [(Float(1), 1.0), (-1, 0.0)] {
      let evaluation = try ranking.evaluate(
        .scores { users in
          var scores = Matrix(rows: users.count, columns: 40)
          for (row, user) in users.enumerated() {
            for target in world.split.test[user] { scores[row, target.position] = sign }
          }
          return scores
        })
      for measure in [Measure.recall, .cappedRecall, .ndcg, .mrr, .hit] {
        for cutoff in [5, 10] {
          #expect(try evaluation.value(of: Metric(measure, at: cutoff)) == expected)
        }
      }
    }
  }

  @Test func `seen, cold and masked targets are counted`() throws {
    func row(_ items: Int...) -> [ItemIndex] { items.map { ItemIndex($0) } }
    let split = Split(
      itemCount: 4, training: Ragged([row(0, 1), row(1), row(0)]), weights: [1, 1, 1, 1],
      validation: Ragged([row(2), row(), row()]), test: Ragged([row(2, 0, 3, 3), row(), row(3)]),
      rule: "by hand")
    var settings = settings([4])
    let model = Scoring.scores { users in
      Matrix(rows: users.count, columns: 4, values: users.flatMap { _ in [4, 3, 2, 1] as [Float] })
    }
    let masked = try FullRanking(of: split, settings: settings).evaluate(model)
    #expect(masked.users == [UserIndex(0), UserIndex(2)])
    #expect(masked.skippedUsers == 1)
    #expect(masked.targets[0].map(\.position) == [0, 2, 3])
    #expect(masked.ranks == [0, 0, 1, 3])
    #expect(masked.maskedTargets == 2)
    #expect(masked.coldTargets == 3)
    settings.seen = .ranked
    let ranked = try FullRanking(of: split, settings: settings).evaluate(model)
    #expect(ranked.ranks == [1, 3, 4, 4])
    #expect(ranked.maskedTargets == 0)
  }

  @Test func `an item scored minus infinity is never recommended`() throws {
    let world = RankedWorld(users: 3, items: 5)
    let evaluation = try FullRanking(of: world.split, settings: settings([5])).evaluate(
      .scores { Matrix(rows: $0.count, columns: 5, repeating: -.infinity) })
    #expect(evaluation.ranks == [0, 0, 0])
    #expect(try evaluation.value(of: Metric(.coverage, at: 5)) == 0)
    #expect(try evaluation.value(of: Metric(.popularity, at: 5)) == 0)
  }

  @Test(arguments: [0, 1])
  func `groups hold a third of the interactions each`(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let counts = (0..<200).map { _ in generator.next(below: 6) * generator.next(below: 20) }
    let groups = ItemGroup.groups(counts: counts)
    let total = counts.reduce(0, +)
    func sum(_ wanted: [ItemGroup]) -> Int {
      counts.indices.filter { wanted.contains(groups[$0]) }.reduce(0) { $0 + counts[$1] }
    }
    func least(_ group: ItemGroup) -> Int {
      counts.indices.filter { groups[$0] == group }.map { counts[$0] }.min() ?? 0
    }
    // The smallest such sets: without their least popular item they would fall short.
    #expect(3 * sum([.head]) >= total && 3 * (sum([.head]) - least(.head)) < total)
    #expect(
      3 * sum([.head, .middle]) >= 2 * total
        && 3 * (sum([.head, .middle]) - least(.middle)) < 2 * total)
    #expect(sum([.head, .middle, .tail]) == total)
    #expect(counts.indices.allSatisfy { (counts[$0] == 0) == (groups[$0] == .cold) })
  }

  @Test func `results do not depend on the number of threads`() throws {
    let world = RandomWorld(seed: 11, users: 2000, items: 70)
    let ranking = try FullRanking(of: world.split, settings: settings([5, 20], resamples: 100))
    defer { Parallel.threads = 0 }
    let results = try [1, 2, 5].map { threads in
      Parallel.threads = threads
      let evaluation = try ranking.evaluate(world.vectors)
      return (evaluation.ranks, evaluation.report().stages, evaluation.report().slices)
    }
    for result in results.dropFirst() {
      #expect(result.0 == results[0].0)
      #expect(result.1 == results[0].1)
      #expect(result.2 == results[0].2)
    }
  }
}
