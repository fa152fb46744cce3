import CorralData
import CorralEvaluation
import CorralVectors
import Foundation
import Testing

@Suite struct MetricTests {
  @Test(arguments: Measure.allCases)
  func `names are read and written alike`(_ measure: Measure) throws {
    let metric = Metric(measure, at: 10)
    #expect(metric.description == "\(measure.rawValue)@10")
    #expect(try Metric(named: metric.description) == metric)
    let json = try JSONEncoder().encode([metric])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(metric)\"]")
    #expect(try JSONDecoder().decode([Metric].self, from: json) == [metric])
  }

  @Test(arguments: [
    "recal@10", "recall", "recall@", "recall@0", "recall@-1", "recall@1@2", "NDCG@5",
  ])
  func `an unknown name of a metric is refused`(_ name: String) {
    let error = #expect(throws: EvaluationError.self) { try Metric(named: name) }
    #expect(
      error?.description
        == "unknown metric '\(name)': write a measure, @ and a whole number from 1, such as "
        + "ndcg@10; the measures are recall, capped-recall, ndcg, mrr, hit, popularity, coverage")
  }

  /// Three targets at ranks 2 and 3 and below the list.
  @Test(
    arguments: [
      ("recall@2", 0.3333333333333333), ("recall@5", 0.6666666666666666), ("capped-recall@2", 0.5),
      ("capped-recall@5", 0.6666666666666666), ("mrr@1", 0.0), ("mrr@5", 0.5), ("hit@1", 0.0),
      ("hit@2", 1.0),
      // (1/log2 3 + 1/log2 4) / (1 + 1/log2 3 + 1/log2 4)
      ("ndcg@5", 0.5307212739772436),
      ("ndcg@2", 0.3868528072345417),
    ] as [(String, Double)])
  func `golden values`(_ name: String, _ expected: Double) throws {
    let split = Split(
      itemCount: 9, training: Ragged([[ItemIndex(8)]]), weights: [1], validation: Ragged([[]]),
      test: Ragged([[ItemIndex(1), ItemIndex(2), ItemIndex(7)]]), rule: "by hand")
    let evaluation = try FullRanking(of: split, settings: settings([5])).evaluate(
      .scores { _ in Matrix(rows: 1, columns: 9, values: (0..<9).map { -Float($0) }) })
    #expect(abs(try evaluation.value(of: Metric(named: name)) - expected) < 1e-15)
  }

  @Test func `what was not measured is refused`() throws {
    let evaluation = try RankedWorld(users: 4).evaluation(ranks: [1, 2, 3, 4])
    let error = #expect(throws: EvaluationError.self) {
      try evaluation.value(of: Metric(.recall, at: 11))
    }
    #expect(
      error?.description
        == "recall@11 was not measured: this evaluation has recall@10, capped-recall@10, ndcg@10, "
        + "mrr@10, hit@10, popularity@10, coverage@10; "
        + "add it to evaluate.measures and evaluate.cutoffs and evaluate again")
    #expect(throws: EvaluationError.self) { try evaluation.value(of: Metric(.coverage, at: 3)) }
    #expect(throws: EvaluationError.self) { try evaluation.values(of: Metric(.coverage, at: 10)) }
    // Ranks are known to the depth, so other cut-offs of rank measures need no second evaluation.
    #expect(try evaluation.value(of: Metric(.recall, at: 3)) == 0.75)
  }

  @Test func `a metric without a cut-off traps`() async {
    await #expect(processExitsWith: .failure) { _ = Metric(.recall, at: 0) }
  }
}

@Suite struct BadInputTests {
  private func refusal(
    _ part: HeldOut = .test, _ change: (inout EvaluationSettings) -> Void = { _ in },
    _ model: Scoring? = nil
  ) -> String {
    let world = RankedWorld(users: 3, items: 20)
    var settings = EvaluationSettings()
    settings.cutoffs = [5]
    change(&settings)
    do {
      let ranking = try FullRanking(of: world.split, part: part, settings: settings)
      if let model { _ = try ranking.evaluate(model) }
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test func `K larger than the catalogue`() {
    #expect(
      refusal { $0.cutoffs = [10, 21] }
        == "cannot measure the first 21 recommendations, because the catalogue has only 20 items: "
        + "set evaluate.cutoffs to numbers up to 20")
    #expect(refusal { $0.cutoffs = [10, 20] } == "accepted")
  }

  @Test func `an empty held-out part`() {
    #expect(
      refusal(.validation)
        == "the validation part is empty: the split 'planted' holds out nothing for any user, "
        + "so there is nothing to measure; use a split that does, or a larger log")
  }

  @Test(arguments: [[], [0, 5], [-1]]) func `cut-offs that cannot be used`(_ cutoffs: [Int]) {
    #expect(
      refusal { $0.cutoffs = cutoffs }
        == "setting 'evaluate.cutoffs' is \(cutoffs): "
        + "give one or more whole numbers from 1, such as [10, 20]")
  }

  @Test func `no measures, or a negative number of resamples`() {
    #expect(refusal { $0.measures = [] }.hasPrefix("setting 'evaluate.measures' is []: "))
    #expect(
      refusal { $0.resamples = -1 }
        == "setting 'evaluate.resamples' is -1: give 0 for no intervals, or up to 100000, such as 1000"
    )
  }

  @Test func `scores and vectors that are not numbers`() {
    let rest = ": its training has diverged; use an earlier checkpoint or a lower learning rate"
    var scores = Matrix(rows: 3, columns: 20)
    scores[1, 7] = .nan
    #expect(
      refusal(.test, { _ in }, .scores { _ in scores })
        == "the model gave a value that is not a finite number for user 1\(rest)")
    var items = Matrix(rows: 20, columns: 2)
    items[19, 0] = .nan
    let queries = Matrix(rows: 3, columns: 2)
    #expect(
      refusal(.test, { _ in }, .vectors(queries: { _ in queries }, items: items))
        == "the model gave a value that is not a finite number in the vector of item 19\(rest)")
    var bad = queries
    bad[2, 1] = .nan
    #expect(
      refusal(
        .test, { _ in },
        .vectors(queries: { _ in bad }, items: Matrix(rows: 20, columns: 2)))
        == "the model gave a value that is not a finite number for user 2\(rest)")
  }

  @Test func `vectors of the wrong shape trap`() async {
    await #expect(processExitsWith: .failure) {
      let world = RankedWorld(users: 3, items: 20)
      _ = try FullRanking(of: world.split, settings: settings([5])).evaluate(
        .vectors(
          queries: { Matrix(rows: $0.count, columns: 2) }, items: Matrix(rows: 19, columns: 2)))
    }
  }
}
