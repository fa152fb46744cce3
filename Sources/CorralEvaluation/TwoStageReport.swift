/// What `corral evaluate --json` prints of a ranker, beside the metrics of both stages.
package struct TwoStageReport: Sendable, Hashable, Codable {
  /// The two stages with one number of candidates.
  package struct Cut: Sendable, Hashable, Codable {
    /// How many items the ranker was given: K.
    package var candidates: Int
    /// The retriever's recall@K, which no ranker can raise.
    package var ceiling: Interval
    /// Each metric by its name.
    package var metrics: [String: Interval]
    /// Against the retriever alone, where both were measured.
    package var lifts: [PairedTest]
  }

  /// How many items the ranker is given: K.
  package var candidates: Int
  /// What a ranker that knows the answers would reach with them: `recall@K` is the retriever's own.
  package var ceilings: [String: Interval]
  /// The two stages against the retriever alone: how much the ranker adds at each cut-off.
  package var lifts: [PairedTest]
  /// The same with other numbers of candidates, in rising order.
  package var sweep: [Cut]
  /// How long retrieving took.
  package var retrievalSeconds: Double
  /// How long ranking took, over all numbers of candidates.
  package var rankingSeconds: Double

  private enum CodingKeys: String, CodingKey {
    case candidates, ceilings, lifts, sweep
    case retrievalSeconds = "retrieval_seconds"
    case rankingSeconds = "ranking_seconds"
  }
}

extension TwoStageEvaluation {
  /// The report: both stages with their intervals, the ceilings, the lifts with paired tests, the
  /// sweep; slices are those of the two stages together.
  ///
  /// Costs what the reports of that many evaluations and tests cost.
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
