import CorralData
import CorralEvaluation
import CorralVectors
import Testing

@Suite struct `users with several interests` {
  @Test(arguments: 1...6, [1, 2, 5])
  func `are ranked by the best interest of each item`(seed: Int, interests: Int) throws {
    let world = RandomWorld(seed: UInt64(seed))
    var generator = SeededGenerator(seed: 99)
    let vectors = Matrix(
      rows: world.split.userCount * interests, columns: 3,
      values: (0..<world.split.userCount * interests * 3).map { _ in
        Float(generator.next(below: 5)) - 2
      })
    func score(_ user: Int, _ item: Int) -> Float {
      (0..<interests).map { interest in
        zip(vectors[user * interests + interest], world.items[item]).reduce(0) { $0 + $1.0 * $1.1 }
      }.max() ?? 0
    }
    let ranking = try FullRanking(of: world.split, settings: settings([1, 3, 10, 30]))
    let found = try ranking.evaluate(
      .vectors(
        queries: { users in
          vectors.gathered(users.flatMap { user in (0..<interests).map { user * interests + $0 } })
        }, items: world.items))
    let expected = try ranking.evaluate(
      .scores { users in
        Matrix(
          rows: users.count, columns: world.items.rows,
          values: users.flatMap { user in (0..<world.items.rows).map { score(user, $0) } })
      })
    #expect(found.ranks == expected.ranks)
    for metric in found.metrics {
      #expect(try found.value(of: metric) == expected.value(of: metric), "\(metric)")
    }
  }
}
