import CorralBaselines
import CorralData
import CorralIndex
import CorralVectors
import Testing

/// Items 20 to 29 are in the catalogue and in no training interaction.
@Suite struct `classical models and items that training never met` {
  private let rows = log(users: 40, items: 20)

  @Test(arguments: [
    Solver.cholesky, .conjugateGradients(steps: 3), .blocks(size: 16),
  ])
  func `implicit ALS gives them the zero vector`(solver: Solver) throws {
    for weighting in [
      Weighting.confidence(alpha: 10),
      .frequencyScaled(unobserved: 0.1, exponent: 1),
    ] {
      for sweeps in [0, 1, 4] {
        let settings = settings(weighting, dimension: 8, sweeps: sweeps, solver: solver)
        let model = try trained(rows, items: 30, settings).model
        #expect((20..<30).allSatisfy { item in model.items[item].allSatisfy { $0 == 0 } })
        #expect((0..<20).allSatisfy { item in model.items[item].contains { $0 != 0 } })
        #expect(model.placed == PlacedItems((0..<30).map { $0 < 20 }))
      }
    }
  }

  @Test func `implicit ALS gives users without interactions the zero vector`() throws {
    let rows = Ragged((0..<10).map { $0 < 8 ? Array(self.rows[$0]) : [ItemIndex]() })
    let settings = settings(solver: .conjugateGradients(steps: 2))
    let model = try trained(rows, items: 20, settings).model
    #expect((8..<10).allSatisfy { user in model.users[user].allSatisfy { $0 == 0 } })
  }

  @Test func `popularity and item2vec cannot place them`() {
    let split = Split(
      itemCount: 30, training: rows, weights: ones(rows),
      validation: Ragged([[ItemIndex]](repeating: [], count: 40)),
      test: Ragged([[ItemIndex]](repeating: [], count: 40)), rule: "planted")
    let expected = PlacedItems((0..<30).map { $0 < 20 })
    #expect(Popularity(split).placed == expected)
    var training = Item2VecTraining(split)
    while training.next() != nil {}
    #expect(training.model.placed == expected)
  }

  @Test(arguments: [
    Solver.cholesky, .conjugateGradients(steps: 3), .blocks(size: 16),
  ])
  func `implicit ALS recommends them last`(solver: Solver) throws {
    let model = try trained(rows, items: 30, settings(solver: solver)).model
    for user in 0..<40 {
      let vector = try model.vectors(for: Query(user: UserIndex(user)))
      let found = ExactIndex(model.items)
        .search(anyOf: vector, count: 30, placed: model.placed) { _ in true }
      #expect(found.suffix(10).map(\.item.position) == Array(20..<30))
    }
  }
}
