import CorralData
import CorralEvaluation
import CorralExperiments
import CorralVectors
import Testing

@Suite struct SeedAverageTests {
  private let reciprocal = Metric(.mrr, at: 10)

  @Test func `a summary has the mean and the deviation over seeds`() throws {
    // The reciprocal ranks of two users: the means are 3/4, 1/2 and 1/4.
    let average = SeedAverage([
      try evaluation(ranks: [1, 2]), try evaluation(ranks: [2, 2]), try evaluation(ranks: [4, 4]),
    ])
    let summary = try average.summary(of: reciprocal)
    #expect(abs(summary.mean - 0.5) < 1e-12 && abs(summary.deviation - 0.25) < 1e-12)
    #expect(try average.summaries()["mrr@10"]?.mean == summary.mean)
    let single = SeedAverage([try evaluation(ranks: [1, 2])])
    #expect(try single.summary(of: reciprocal).deviation == 0)
  }

  @Test func `a comparison is a paired test over users of their means over seeds`() throws {
    let mine = SeedAverage([
      try evaluation(ranks: [1, 1, 2, 4]), try evaluation(ranks: [1, 2, 1, 4]),
    ])
    let theirs = SeedAverage([
      try evaluation(ranks: [2, 2, 4, 4]), try evaluation(ranks: [2, 4, 2, 4]),
    ])
    let comparison = try mine.compared(with: theirs, on: reciprocal)
    // Means over seeds: 1, 3/4, 3/4, 1/4 against 1/2, 3/8, 3/8, 1/4.
    let test = PairedDifference([0.5, 0.375, 0.375, 0])
    #expect(abs(comparison.mean - 2.75 / 4) < 1e-12)
    #expect(abs(comparison.baseline - 1.5 / 4) < 1e-12)
    #expect(abs(comparison.difference - 1.25 / 4) < 1e-12)
    #expect(abs(comparison.t - test.t) < 1e-9 && abs(comparison.p - test.p) < 1e-12)
    let seeds = PairedDifference([2.75 / 4 - 1.5 / 4, 2.75 / 4 - 1.5 / 4])
    #expect(comparison.pOverSeeds.map { abs($0 - seeds.p) < 1e-9 } ?? false)
  }

  @Test func `a comparison uses the seeds that both have`() throws {
    let first = try evaluation(ranks: [1, 2, 1])
    let mine = SeedAverage([first, try evaluation(ranks: [9, 9, 9])])
    let theirs = SeedAverage([try evaluation(ranks: [2, 2, 4])])
    let comparison = try mine.compared(with: theirs, on: reciprocal)
    #expect(comparison.pOverSeeds == nil)
    #expect(abs(comparison.mean - (try first.value(of: reciprocal))) < 1e-12)
  }

  @Test func `stars mark small p-values`() throws {
    let one = try evaluation(ranks: Array(repeating: 1, count: 20) + [2])
    let same = try SeedAverage([one]).compared(with: SeedAverage([one]), on: reciprocal)
    #expect(same.stars.isEmpty)
    let some = SeedAverage([
      try evaluation(ranks: Array(repeating: 2, count: 6) + Array(repeating: 1, count: 14) + [2])
    ])
    let few = try SeedAverage([one]).compared(with: some, on: reciprocal)
    #expect((0.001..<0.05).contains(few.p) && few.stars == "*")
    let all = SeedAverage([try evaluation(ranks: Array(repeating: 2, count: 20) + [4])])
    let sure = try SeedAverage([one]).compared(with: all, on: reciprocal)
    #expect(sure.p < 0.001 && sure.stars == "**")
  }

  /// The evaluation of a model that ranks the only target of user u at `ranks[u]`, from 1.
  private func evaluation(ranks: [Int]) throws -> Evaluation {
    let (users, items) = (ranks.count, 40)
    let split = Split(
      itemCount: items, training: Ragged((0..<items).map { [ItemIndex($0)] }),
      weights: [Float](repeating: 1, count: items),
      validation: Ragged([[ItemIndex]](repeating: [], count: items)),
      test: Ragged((0..<items).map { $0 < users ? [ItemIndex($0)] : [] }), rule: "planted")
    var settings = EvaluationSettings()
    settings.seen = .ranked
    settings.cutoffs = [10]
    return try FullRanking(of: split, settings: settings).evaluate(
      .scores { range in
        var scores = Matrix(rows: range.count, columns: items)
        for (row, user) in range.enumerated() {
          let others = (0..<items).filter { $0 != user }
          for (place, item) in others.enumerated() { scores[row, item] = -Float(place + 1) }
          if user < users { scores[row, user] = 0.5 - Float(ranks[user]) }
        }
        return scores
      })
  }
}
