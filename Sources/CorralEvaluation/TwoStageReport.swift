/// The part of `corral evaluate --json` about the ranker, beside the metrics of both stages.
package struct TwoStageReport: Sendable, Hashable, Codable {
  /// The two stages with one number of candidates.
  package struct Cut: Sendable, Hashable, Codable {
    /// The number K of candidates.
    package var candidates: Int
    /// The retriever's recall@K, which no ranker can raise.
    package var ceiling: Interval
    /// Each metric by its name.
    package var metrics: [String: Interval]
    /// The tests against the retriever alone, for the metrics that both have.
    package var lifts: [PairedTest]
  }

  /// The number K of candidates.
  package var candidates: Int
  /// The metrics of a perfect ranker on these candidates: `recall@K` is the retriever's own.
  package var ceilings: [String: Interval]
  /// The tests of the two stages against the retriever alone, at each cut-off.
  package var lifts: [PairedTest]
  /// The same with other numbers of candidates, in rising order.
  package var sweep: [Cut]
  /// The duration of retrieval.
  package var retrievalSeconds: Double
  /// The duration of ranking, over all numbers of candidates.
  package var rankingSeconds: Double

  private enum CodingKeys: String, CodingKey {
    case candidates, ceilings, lifts, sweep
    case retrievalSeconds = "retrieval_seconds"
    case rankingSeconds = "ranking_seconds"
  }
}

extension TwoStageEvaluation {
  /// Creates the report: both stages with intervals, the ceilings, the lifts with paired tests, the
  /// sweep, and slices of the two stages together.
  ///
  /// It costs as much as the reports of all its evaluations and tests.
  package func report() throws -> EvaluationReport {
    let second = twoStage
    var report = second.report(stage: "two_stage")
    report.protocolInUse.candidates +=
      ", the first \(candidates) of the retriever ranked again"
    report.stages["retriever"] = retriever.intervals()
    report.seconds = retriever.seconds + rankingSeconds
    report.usersPerSecond =
      report.seconds > 0 ? Double(second.users.count) / report.seconds : 0
    report.twoStage = TwoStageReport(
      candidates: candidates, ceilings: second.ceilings(), lifts: try lifts(),
      sweep: try sweep.map { cut in
        TwoStageReport.Cut(
          candidates: cut.candidates,
          ceiling: cut.evaluation.recall(at: cut.candidates),
          metrics: cut.evaluation.intervals(),
          lifts: try cut.evaluation.compared(with: retriever))
      }, retrievalSeconds: retriever.seconds, rankingSeconds: rankingSeconds)
    return report
  }
}

extension Evaluation {
  fileprivate func recall(at cutoff: Int) -> Interval {
    let name = "\(Metric(.recall, at: cutoff))"
    return userIntervals([Metric(.recall, at: cutoff)], rows: Array(users.indices)) {
      ranks(ofRow: $0)
    }[name] ?? Interval(mean: 0)
  }
}
