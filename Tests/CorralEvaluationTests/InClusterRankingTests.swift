import CorralData
import CorralEvaluation
import CorralVectors
import Foundation
import Testing

@Suite struct `ranking within the target's cluster` {
  /// Vectors that differ for every user, cluster and interest; small whole numbers, so that scores
  /// are exact and often equal.
  private struct PairModel {
    let vectors: Matrix
    let clusters: Int
    let interests: Int

    init(users: Int, clusters: Int, interests: Int) {
      var generator = SeededGenerator(seed: 17)
      self.clusters = clusters
      self.interests = interests
      vectors = Matrix(
        rows: users * clusters * interests, columns: 3,
        values: (0..<users * clusters * interests * 3).map { _ in
          Float(generator.next(below: 5)) - 2
        })
    }

    func rows(_ user: Int, _ cluster: Int) -> Range<Int> {
      let first = (user * clusters + cluster) * interests
      return first..<first + interests
    }

    func score(_ user: Int, _ cluster: Int, _ item: ArraySlice<Float>) -> Float {
      rows(user, cluster).map { zip(vectors[$0], item).reduce(0) { $0 + $1.0 * $1.1 } }.max() ?? 0
    }
  }

  @Test(arguments: 1...4, [1, 3])
  func `a target's rank is its place among the unseen items of its cluster`(
    seed: Int, interests: Int
  ) throws {
    for isMasking in [true, false] {
      let world = RandomWorld(seed: UInt64(seed))
      let partition = world.partition(into: 4)
      let model = PairModel(users: world.split.userCount, clusters: 4, interests: interests)
      var generator = SeededGenerator(seed: UInt64(seed), stream: 9)
      let flags = (0..<30).map { _ in generator.uniform() < 0.7 }
      var settings = settings([1, 3, 30])
      settings.seen = isMasking ? .masked : .ranked
      let ranking = try InClusterRanking(of: world.split, settings: settings, partition: partition)
      var asked: [[Int]] = []
      let evaluation = try ranking.evaluate(
        vectors: { users, clusters in
          asked += zip(users, clusters).map { [$0.position, Int($1)] }
          return model.vectors.gathered(
            zip(users, clusters).flatMap { model.rows($0.position, Int($1)) })
        }, items: world.items, placed: PlacedItems(flags))
      let histories = world.split.histories(before: .test)
      var wanted: Set<[Int]> = []
      for (row, user) in evaluation.users.enumerated() {
        let seen = isMasking ? Set(histories[user.position]) : []
        for (place, target) in evaluation.targets[row].enumerated() {
          let cluster = Int(partition.clusters[target.position])
          wanted.insert([user.position, cluster])
          let scores = world.items
          let order = partition.members[cluster].filter { !seen.contains($0) }.sorted {
            let (left, right) = (flags[$0.position], flags[$1.position])
            if left != right { return left }
            let mine = model.score(user.position, cluster, scores[$0.position])
            let other = model.score(user.position, cluster, scores[$1.position])
            return left && mine != other ? mine > other : $0.position < $1.position
          }
          let rank = order.firstIndex(of: target).map { $0 + 1 } ?? 0
          #expect(Int(evaluation.ranks[evaluation.targets.offsets[row] + place]) == rank)
        }
      }
      #expect(asked == wanted.sorted { $0.lexicographicallyPrecedes($1) })
      #expect(ranking.pairCount == wanted.count)
    }
  }

  @Test(arguments: [2, 7], [HeldOut.test, .validation])
  func `one cluster is full ranking`(seed: Int, part: HeldOut) throws {
    let world = RandomWorld(seed: UInt64(seed), users: 2500)
    let settings = settings([1, 5, 20], resamples: 20)
    let whole = try FullRanking(of: world.split, part: part, settings: settings)
      .evaluate(world.vectors)
    let one = try InClusterRanking(
      of: world.split, part: part, settings: settings,
      partition: Partition(clusters: [Int32](repeating: 0, count: 30), count: 1)
    ).evaluate(queries: { world.queries.gathered($0) }, items: world.items)
    #expect(one.ranks == whole.ranks)
    #expect(one.intervals() == whole.intervals())
    #expect(one.report().slices == whole.report().slices)
  }

  @Test(arguments: 1...6)
  func `no target ranks lower than among all items`(seed: Int) throws {
    let world = RandomWorld(seed: UInt64(seed), users: 200)
    let settings = settings([1, 4, 30])
    let whole = try FullRanking(of: world.split, settings: settings).evaluate(world.vectors)
    let inside = try InClusterRanking(
      of: world.split, settings: settings, partition: world.partition(into: 5)
    ).evaluate(queries: { world.queries.gathered($0) }, items: world.items)
    #expect(zip(inside.ranks, whole.ranks).allSatisfy { $0 <= $1 })
    #expect(zip(inside.ranks, whole.ranks).contains { $0 < $1 })
    // Rank 0 is a target that the user has met: the cut-off holds every item.
    #expect(zip(inside.ranks, whole.ranks).allSatisfy { ($0 == 0) == ($1 == 0) })
    for cutoff in [1, 4, 30] {
      let recall = Metric(.recall, at: cutoff)
      #expect(
        zip(try inside.values(of: recall), try whole.values(of: recall)).allSatisfy { $0 >= $1 })
    }
  }

  /// One user with targets at ranks 1 and 3 of one cluster, and at rank 2 of another.
  private func threeTargets() throws -> Evaluation {
    let split = Split(
      itemCount: 8, training: Ragged([[ItemIndex(7)]]), weights: [1], validation: Ragged([[]]),
      test: Ragged([[ItemIndex(0), ItemIndex(2), ItemIndex(4)]]), rule: "by hand")
    return try InClusterRanking(
      of: split, settings: settings([1, 3]),
      partition: Partition(clusters: [0, 0, 0, 1, 1, 1, 1, 1], count: 2)
    ).evaluate(
      queries: { _ in Matrix(rows: 1, columns: 1, values: [1]) },
      items: Matrix(rows: 8, columns: 1, values: (0..<8).map { -Float($0) }))
  }

  /// Each list is measured by itself; the first has two targets, and so twice the weight.
  @Test(
    arguments: [
      ("recall@1", 1.0 / 3), ("recall@3", 1), ("capped-recall@1", 2.0 / 3), ("capped-recall@3", 1),
      ("mrr@3", (2 + 0.5) / 3), ("hit@1", 2.0 / 3), ("hit@3", 1),
      // 2 (1 + 1/log2 4) / (1 + 1/log2 3) and 1/log2 3, divided by 3.
      ("ndcg@3", (2 * 1.5 / 1.6309297535714573 + 0.6309297535714573) / 3),
      ("popularity@3", 0), ("coverage@1", 2.0 / 8), ("coverage@3", 6.0 / 8),
    ] as [(String, Double)])
  func `golden values`(_ name: String, _ expected: Double) throws {
    let evaluation = try threeTargets()
    #expect(evaluation.ranks == [1, 3, 2])
    #expect(abs(try evaluation.value(of: Metric(named: name)) - expected) < 1e-7)
  }

  @Test func `the report says so, and the file brings it back`() throws {
    let evaluation = try threeTargets()
    #expect(
      evaluation.report().protocolInUse.candidates
        == "the items in the target's cluster, one of 2 clusters of 8 items")
    #expect(evaluation.lists == nil)
    try withTemporaryFile { url in
      try evaluation.write(to: url)
      let read = try Evaluation(contentsOf: url)
      #expect(read == evaluation)
      #expect(read.intervals() == evaluation.intervals())
    }
  }

  @Test func `only evaluations within the same clusters can be compared`() throws {
    let world = RandomWorld(seed: 2)
    func inside(_ partition: Partition) throws -> Evaluation {
      try InClusterRanking(of: world.split, settings: settings([5]), partition: partition)
        .evaluate(queries: { world.queries.gathered($0) }, items: world.items)
    }
    let one = try inside(world.partition(into: 3))
    let whole = try FullRanking(of: world.split, settings: settings([5])).evaluate(world.vectors)
    #expect(try one.compared(with: one).allSatisfy { $0.p == 1 })
    let rest = "; evaluate both on the same data with the same split, mask and targets"
    let start = "the evaluations cannot be compared: "
    #expect(
      message { try one.compared(with: whole) }
        == "\(start)one ranked among all items, the other within 3 clusters\(rest)")
    let other = try inside(world.partition(into: 3, seed: 8))
    #expect(
      message { try one.compared(with: other) }
        == "\(start)the targets are in other clusters\(rest)")
  }

  @Test func `vectors that are not numbers are refused`() throws {
    let world = RandomWorld(seed: 3)
    let ranking = try InClusterRanking(
      of: world.split, settings: settings([5]), partition: world.partition(into: 3))
    let user = try #require(
      world.split.test.offsets.indices.first { !world.split.test[$0].isEmpty })
    #expect(
      message {
        try ranking.evaluate(
          vectors: { users, _ in Matrix(rows: users.count, columns: 3, repeating: .nan) },
          items: world.items)
      }.hasPrefix("the model gave a value that is not a finite number for user \(user)"))
    var items = world.items
    items[4, 1] = .infinity
    #expect(
      message { try ranking.evaluate(queries: { world.queries.gathered($0) }, items: items) }
        .hasPrefix("the model gave a value that is not a finite number in the vector of item 4"))
  }

  @Test func `a partition of other items, and other numbers of vectors, trap`() async {
    await #expect(processExitsWith: .failure) {
      _ = try InClusterRanking(
        of: RandomWorld(seed: 1).split, settings: settings([5]),
        partition: Partition(clusters: [0, 0], count: 1))
    }
    await #expect(processExitsWith: .failure) {
      let world = RandomWorld(seed: 1)
      _ = try InClusterRanking(
        of: world.split, settings: settings([5]), partition: world.partition(into: 2)
      ).evaluate(
        vectors: { users, _ in Matrix(rows: users.count + 1, columns: 3) }, items: world.items)
    }
  }
}
