import CorralData
import CorralEvaluation
import CorralPipeline
import CorralText
import CorralVectors
import Testing

@Suite struct `the alpha dial as a curve` {
  /// Twenty items in four clusters, and a user who met the first one; a list walks through `reach`
  /// clusters by turns.
  private func evaluation(reach: Int, isByClusters: Bool = true) throws -> Evaluation {
    let split = Split(
      itemCount: 20, training: Ragged([[ItemIndex(0)]]), weights: [1], validation: Ragged([[]]),
      test: Ragged([[ItemIndex(1), ItemIndex(6)]]), rule: "by hand")
    var settings = EvaluationSettings()
    (settings.cutoffs, settings.resamples) = ([4], 0)
    let clusters = Partition(clusters: (0..<20).map { Int32($0 / 5) }, count: 4)
    return try FullRanking(of: split, settings: settings).evaluate(
      .lists { _, count, _ in
        [(0..<count).map { ItemIndex($0 % reach * 5 + 1 + $0 / reach) }]
      }, lists: isByClusters ? ListMeasuring(partition: clusters) : nil)
  }

  @Test func `has a point for each alpha`() throws {
    let curve = AlphaCurve(
      name: "sasrec",
      stops: try [(0, 4), (0.5, 2), (8, 1)].map {
        AlphaCurve.Stop(alpha: $0.0, evaluation: try evaluation(reach: $0.1))
      })
    let chart = try Chart(
      [curve], of: Metric(.recall, at: 4), against: ListMetric(.clusters, at: 4))
    #expect(chart.title == "recall@4 against clusters covered, by alpha")
    #expect(chart.xLabel == "clusters@4: clusters covered, mean number in a list")
    #expect(chart.yLabel == "recall@4, mean over users")
    #expect(
      chart.series == [
        Chart.Series(
          name: "sasrec",
          points: [
            Chart.Point(x: 4, y: 1, label: "0"), Chart.Point(x: 2, y: 1, label: "0.5"),
            Chart.Point(x: 1, y: 0.5, label: "8"),
          ])
      ])
  }

  @Test func `needs what it draws to be measured`() throws {
    let curve = AlphaCurve(
      name: "mf",
      stops: [AlphaCurve.Stop(alpha: 1, evaluation: try evaluation(reach: 2, isByClusters: false))])
    let error = #expect(throws: PipelineError.self) {
      try Chart([curve], of: Metric(.recall, at: 4), against: ListMetric(.clusters, at: 4))
    }
    #expect(
      error?.description
        == "clusters@4 of mf was not measured: measure its lists by clusters, at the cut-off 4")
    #expect(throws: EvaluationError.self) {
      try Chart([curve], of: Metric(.recall, at: 5), against: ListMetric(.tail, at: 4))
    }
  }
}
