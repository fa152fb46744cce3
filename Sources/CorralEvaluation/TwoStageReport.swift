/// What `corral evaluate --json` prints of a ranker, beside the metrics of both stages.
public struct TwoStageReport: Sendable, Hashable, Codable {
  /// The two stages with one number of candidates.
  public struct Cut: Sendable, Hashable, Codable {
    /// How many items the ranker was given: K.
    public var candidates: Int
    /// The retriever's recall@K, which no ranker can raise.
    public var ceiling: Interval
    /// Each metric by its name.
    public var metrics: [String: Interval]
    /// Against the retriever alone, where both were measured.
    public var lifts: [PairedTest]
  }

  /// How many items the ranker is given: K.
  public var candidates: Int
  /// What a ranker that knows the answers would reach with them: `recall@K` is the retriever's own.
  public var ceilings: [String: Interval]
  /// The two stages against the retriever alone: how much the ranker adds at each cut-off.
  public var lifts: [PairedTest]
  /// The same with other numbers of candidates, in rising order.
  public var sweep: [Cut]
  /// How long retrieving took.
  public var retrievalSeconds: Double
  /// How long ranking took, over all numbers of candidates.
  public var rankingSeconds: Double

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
  public func report() throws -> EvaluationReport {
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
