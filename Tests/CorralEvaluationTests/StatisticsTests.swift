import CorralData
import CorralEvaluation
import CorralVectors
import Foundation
import Testing

@Suite struct StatisticsTests {
  /// Golden numbers of scipy 1.17: `2 * stats.t.sf(abs(t), freedom)`.
  @Test(arguments: [
    (0.5, 1.0, 0.7048327646991335), (2, 4, 0.11611652351681556), (1.96, 1000, 0.050273184955748736),
    (3.5, 9, 0.006723515763058959), (-2.262157, 9, 0.05000001330443163),
    (10, 30, 4.575251408229618e-11), (0.01, 6039, 0.99202161768533),
    (20, 6039, 3.239011137273046e-86),
  ])
  func `t-test p-values are scipy's`(_ t: Double, _ freedom: Double, _ p: Double) {
    #expect(abs(StudentT.twoSided(t, freedom: freedom) - p) <= 1e-10 * p)
  }

  /// Golden numbers of scipy 1.17: `special.betainc(a, b, x)`.
  @Test(arguments: [
    (0.2, 2.5, 0.5, 0.00656627182756301), (0.9, 5, 0.5, 0.3166429150200122),
    (0.3, 0.5, 0.5, 0.36901011956554536), (0.5, 3, 4, 0.65625),
  ])
  func `the incomplete beta function is scipy's`(
    _ x: Double, _ a: Double, _ b: Double, _ value: Double
  ) {
    #expect(abs(StudentT.incompleteBeta(x, a, b) - value) < 1e-13)
  }

  /// The interval is centred and 2 * 1.96 standard errors wide, whether users are drawn alone or in
  /// groups.
  @Test(arguments: [400, 6040, 16_384, 50_000])
  func `intervals are those of the normal approximation`(_ users: Int) {
    var generator = SeededGenerator(seed: 7)
    let values = (0..<users).flatMap { _ in
      let hit: Double = generator.uniform() < 0.2 ? 1 : 0
      return [hit, hit * generator.uniform(), generator.normal()]
    }
    let ends = Bootstrap(values: values, width: 3, seed: 1).intervals(resamples: 2000)
    for column in 0..<3 {
      let metric = (0..<users).map { values[$0 * 3 + column] }
      let mean = metric.reduce(0, +) / Double(users)
      let variance = metric.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(users)
      let error = (variance / Double(users)).squareRoot()
      let (low, high) = ends[column]
      #expect(abs((high - low) / (2 * 1.96 * error) - 1) < 0.08)
      #expect(abs((high + low) / 2 - mean) < 0.25 * error)
    }
  }

  @Test func `intervals cover the truth about 95 times in 100`() {
    var generator = SeededGenerator(seed: 21)
    var covered = 0
    for trial in 0..<400 {
      let values = (0..<300).map { _ -> Double in generator.uniform() < 0.3 ? 1 : 0 }
      let ends = Bootstrap(values: values, width: 1, seed: UInt64(trial)).intervals(resamples: 300)
      if ends[0].low <= 0.3 && 0.3 <= ends[0].high { covered += 1 }
    }
    // 95% of 400 is 380, with a standard deviation of 4.4; the percentile interval falls a little short.
    #expect((362...394).contains(covered))
  }

  @Test func `the same seed gives the same interval, another seed another`() {
    let values = (0..<500).map { Double($0 % 7) }
    func interval(_ seed: UInt64) -> Double {
      Bootstrap(values: values, width: 1, seed: seed).intervals(resamples: 100)[0].low
    }
    #expect(interval(1) == interval(1))
    #expect(interval(1) != interval(2))
  }

  @Test func `without resamples an interval is its mean`() throws {
    let evaluation = try RankedWorld(users: 10).evaluation(
      ranks: Array(1...10), settings([10], resamples: 0))
    let interval = try #require(evaluation.intervals()["recall@10"])
    #expect(interval == Interval(mean: 1, low: 1, high: 1))
  }
}

@Suite struct PairedTestTests {
  private let first = [40, 1, 40, 2, 3, 40, 1, 4, 40, 1]
  private let second = [40, 40, 40, 1, 3, 40, 2, 40, 40, 3]

  private func test(_ name: String, _ ranks: [Int], against baseline: [Int]) throws -> PairedTest {
    let world = RankedWorld(users: ranks.count)
    let tests = try world.evaluation(ranks: ranks)
      .compared(with: world.evaluation(ranks: baseline))
    return try #require(tests.first { $0.metric.description == name })
  }

  /// Golden numbers of scipy 1.17: `stats.ttest_rel` of the two lists of reciprocal ranks.
  @Test func `the paired t-test is scipy's`() throws {
    let test = try test("mrr@10", first, against: second)
    #expect(abs(test.t - 1.4200416981189117) < 1e-12)
    #expect(abs(test.p - 0.1892949571767581) < 1e-12)
    #expect(abs(test.difference.mean - 0.19166666666666668) < 1e-15)
    #expect(test.difference.low < 0.19 && test.difference.high > 0.19)
    #expect((test.wins, test.losses, test.ties) == (4, 1, 5))
    #expect(test.stars == "")
    #expect(abs(test.randomisationP - 0.19) < 0.12)
    #expect(abs(test.mean - test.baseline - test.difference.mean) < 1e-15)
  }

  @Test func `swapping the models changes all signs and no p-value`() throws {
    let test = try test("ndcg@10", first, against: second)
    let turned = try self.test("ndcg@10", second, against: first)
    #expect(turned.t == -test.t)
    #expect(turned.p == test.p)
    #expect(turned.randomisationP == test.randomisationP)
    #expect((turned.wins, turned.losses) == (test.losses, test.wins))
    #expect(abs(turned.difference.low + test.difference.high) < 1e-12)
  }

  @Test func `a model equals itself`() throws {
    let test = try test("recall@10", first, against: first)
    #expect((test.t, test.p, test.randomisationP) == (0, 1, 1))
    #expect((test.wins, test.losses, test.ties) == (0, 0, 10))
    #expect(test.difference == Interval(mean: 0))
  }

  @Test func `a model that is always better by the same is better for certain`() throws {
    let test = try test(
      "hit@10", [Int](repeating: 1, count: 30), against: [Int](repeating: 40, count: 30))
    #expect(test.p == 0)
    #expect(test.stars == "**")
    #expect(test.randomisationP < 0.01)
    #expect((test.mean, test.baseline, test.wins) == (1, 0, 30))
  }

  @Test func `a small planted gain is found, and none is not`() throws {
    var generator = SeededGenerator(seed: 4)
    let base = (0..<4000).map { _ in 1 + generator.next(below: 40) }
    let shuffled = base.map { _ in 1 + generator.next(below: 40) }
    let better = base.map { generator.uniform() < 0.05 ? max(1, $0 - 10) : $0 }
    #expect(try test("ndcg@10", better, against: base).stars == "**")
    #expect(try test("ndcg@10", shuffled, against: base).p > 0.01)
  }

  private func refusal(_ change: (Split) -> (Split, HeldOut, EvaluationSettings)) throws -> String {
    let world = RandomWorld(seed: 2)
    let one = try FullRanking(of: world.split, settings: settings([5])).evaluate(world.vectors)
    let (split, part, changed) = change(world.split)
    let other = try FullRanking(of: split, part: part, settings: changed).evaluate(
      .scores { Matrix(rows: $0.count, columns: split.itemCount) })
    do {
      _ = try other.compared(with: one)
      return "compared"
    } catch {
      return "\(error)"
    }
  }

  private func with(
    _ split: Split, training: Ragged<ItemIndex>? = nil, test: Ragged<ItemIndex>? = nil,
    rule: String? = nil, items: Int? = nil
  ) -> Split {
    let training = training ?? split.training
    return Split(
      itemCount: items ?? split.itemCount, training: training,
      weights: [Float](repeating: 1, count: training.values.count), validation: split.validation,
      test: test ?? split.test, rule: rule ?? split.rule)
  }

  @Test func `evaluations of different things are refused`() throws {
    let rest = "; evaluate both on the same data with the same split, mask and targets"
    let start = "the evaluations cannot be compared: "
    #expect(
      try refusal { (with($0, rule: "another"), .test, settings([5])) }
        == "\(start)one split is 'random rows', the other 'another'\(rest)")
    #expect(
      try refusal { ($0, .validation, settings([5])) }
        == "\(start)one measured the test part, the other the validation part\(rest)")
    #expect(
      try refusal {
        var changed = settings([5])
        changed.seen = .ranked
        return ($0, .test, changed)
      } == "\(start)one has seen items masked, the other has them ranked\(rest)")
    #expect(
      try refusal { (with($0, items: 31), .test, settings([5])) }
        == "\(start)one catalogue has 30 items, the other 31\(rest)")
    #expect(
      try refusal { split in
        let rows = (0..<split.userCount).map { $0 == 0 ? [] : Array(split.test[$0]) }
        return (with(split, test: Ragged(rows)), .test, settings([5]))
      }.hasPrefix("\(start)one measured "))
    #expect(
      try refusal { split in
        let rows = split.test.values.map { ItemIndex(29 - $0.position) }
        return (
          with(split, test: Ragged(values: rows, offsets: split.test.offsets)), .test, settings([5])
        )
      } == "\(start)the users have other targets\(rest)")
    #expect(
      try refusal { split in
        let rows = (0..<split.userCount).map { split.training[$0] + [ItemIndex(1)] }
        return (with(split, training: Ragged(rows)), .test, settings([5]))
      } == "\(start)the users have other histories\(rest)")
    #expect(
      try refusal { ($0, .test, settings([6])) }
        == "\(start)they share no metric\(rest)")
    #expect(try refusal { ($0, .test, settings([5, 6])) } == "compared")
  }
}
