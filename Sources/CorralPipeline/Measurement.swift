import CorralArtifacts
package import CorralData
package import CorralEvaluation
package import CorralModels
import CorralTraining

/// What was measured of a model: its retriever alone, or both stages.
package enum Measurement {
  case retriever(Evaluation)
  case twoStage(TwoStageEvaluation)

  /// Measures a way to rank the catalogue, and a ranker after it if there is one.
  package init(
    _ scoring: Scoring, then ranker: FrozenRanker?, by ranking: FullRanking, on split: Split,
    part: HeldOut, lists: ListMeasuring? = nil
  ) throws {
    guard let ranker else {
      self = .retriever(try ranking.evaluate(scoring, lists: lists))
      return
    }
    // A catalogue that is smaller than the number of candidates is ranked whole.
    self = .twoStage(
      try ranking.evaluate(
        scoring, then: ranker.ranking(of: split, part: part),
        candidates: min(ranking.settings.candidates, split.interactedItemCount), lists: lists))
  }

  /// The metrics of the whole model: those of the ranker if it has one.
  package var evaluation: Evaluation {
    switch self {
    case .retriever(let evaluation): evaluation
    case .twoStage(let evaluation): evaluation.twoStage
    }
  }

  /// Writes the ranks of each stage into a model folder.
  func write(to folder: ModelFolder) throws {
    try evaluation.write(to: folder.url(of: ModelFile.evaluation))
    if case .twoStage(let stages) = self {
      try stages.retriever.write(to: folder.url(of: ModelFile.retrieverEvaluation))
    }
  }

  /// All that was measured, as it is printed.
  package func report() throws -> EvaluationReport {
    switch self {
    case .retriever(let evaluation): evaluation.report()
    case .twoStage(let evaluation): try evaluation.report()
    }
  }

  /// The metrics of each stage alone.
  package var stages: [String: [String: Interval]] {
    switch self {
    case .retriever(let evaluation): ["retriever": evaluation.intervals()]
    case .twoStage(let evaluation):
      [
        "retriever": evaluation.retriever.intervals(),
        "two_stage": evaluation.twoStage.intervals(),
      ]
    }
  }
}

extension EvaluationReport {
  /// The metrics of the last stage: what a user gets.
  package var lastStage: [String: Interval] { stages["two_stage"] ?? stages["retriever"] ?? [:] }
}
