import CorralData
import CorralEvaluation
import CorralVectors
import Testing

/// Items that a model cannot place come after all others, by one rule.
@Suite struct `items that a model cannot place` {
  /// A model that ranks the catalogue in one of three ways.
  enum Way: CaseIterable {
    case vectors, scores, index

    func scoring(_ world: RandomWorld, placed: PlacedItems) -> Scoring {
      let (queries, items) = (world.queries, world.items)
      switch self {
      case .vectors:
        return .vectors(queries: { queries.gathered($0) }, items: items, placed: placed)
      case .scores:
        return .scores(placed: placed) { users in
          Matrix(
            rows: users.count, columns: items.rows,
            values: users.flatMap { user in (0..<items.rows).map { world.score(user, $0) } })
        }
      case .index:
        return .index(queries: { queries.gathered($0) }, placed: placed) {
          query, count, isAllowed in
          let scores = (0..<items.rows).map { row in
            zip(query.values, items[row]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
          }
          return (0..<items.rows).filter { isAllowed(ItemIndex($0)) }
            .sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
            .prefix(count).map(ItemIndex.init)
        }
      }
    }
  }

  @Test(arguments: Way.allCases, [true, false])
  func `come last, in order of position`(way: Way, isMasking: Bool) throws {
    for seed in 1...4 {
      let world = RandomWorld(seed: UInt64(seed))
      var generator = SeededGenerator(seed: UInt64(seed), stream: 9)
      let flags = (0..<30).map { _ in generator.uniform() < 0.6 }
      let placed = PlacedItems(flags)
      var settings = settings([30])
      settings.seen = isMasking ? .masked : .ranked
      let ranking = try FullRanking(of: world.split, settings: settings)
      let evaluation = try ranking.evaluate(way.scoring(world, placed: placed))
      for (row, user) in evaluation.users.enumerated() {
        let all = world.ranking(for: user.position, part: .test, masking: isMasking)
        let expected = all.filter { flags[$0] } + all.filter { !flags[$0] }.sorted()
        let range = evaluation.targets.offsets[row]..<evaluation.targets.offsets[row + 1]
        for at in range {
          let place = expected.firstIndex(of: evaluation.targets.values[at].position)
          #expect(evaluation.ranks[at] == Int32(place.map { $0 + 1 } ?? 0), "user \(user), \(way)")
        }
      }
    }
  }

  @Test func `stay last after a ranker, and are not candidates to learn from`() throws {
    let world = RandomWorld(seed: 5)
    let flags = (0..<30).map { $0 % 3 > 0 }
    let scoring = Way.vectors.scoring(world, placed: PlacedItems(flags))
    var settings = settings([30])
    settings.seen = .ranked
    let ranking = try FullRanking(of: world.split, settings: settings)
    // A ranker that prefers the items that cannot be placed.
    let ranker = CandidateRanking { _, candidates in
      candidates.values.map { flags[$0.position] ? Float($0.position) : 1000 }
    }
    let stages = try ranking.evaluate(scoring, then: ranker, candidates: 30)
    let expected = (0..<30).filter { flags[$0] }.reversed() + (0..<30).filter { !flags[$0] }
    let evaluation = stages.twoStage
    for (item, rank) in zip(evaluation.targets.values, evaluation.ranks) {
      #expect(rank == Int32((expected.firstIndex(of: item.position) ?? -1) + 1))
    }
    let candidates = try ranking.candidates(of: scoring, count: 30)
    #expect(candidates.values.allSatisfy { flags[$0.position] })
  }

  @Test func `cost nothing where there are none`() throws {
    let world = RandomWorld(seed: 2)
    let ranking = try FullRanking(of: world.split, settings: settings([5, 10]))
    let plain = try ranking.evaluate(world.vectors)
    let all = try ranking.evaluate(
      Way.vectors.scoring(world, placed: PlacedItems([Bool](repeating: true, count: 30))))
    #expect(plain.ranks == all.ranks)
  }
}
