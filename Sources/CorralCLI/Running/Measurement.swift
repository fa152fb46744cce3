import CorralData
import CorralEvaluation
import CorralModels
import CorralTraining

/// What was measured of a model: its retriever alone, or both stages.
enum Measurement {
  case retriever(Evaluation)
  case twoStage(TwoStageEvaluation)

  /// Measures a model, with the ranker after it where there is one.
  init(
    of model: TrainedModel, then ranker: FrozenRanker?, by ranking: FullRanking, on split: Split,
    part: HeldOut
  ) throws {
    let scoring = model.scoring(split, part: part)
    guard let ranker else {
      self = .retriever(try ranking.evaluate(scoring))
      return
    }
    // A catalogue that is smaller than the number of candidates is ranked whole.
    self = .twoStage(
      try ranking.evaluate(
        scoring, then: ranker.ranking(of: split, part: part),
        candidates: min(ranking.settings.candidates, split.itemCount)))
  }

  /// What the whole model recommends, measured: with the ranker where there is one.
  var evaluation: Evaluation {
    switch self {
    case .retriever(let evaluation): evaluation
    case .twoStage(let evaluation): evaluation.twoStage
    }
  }

  /// All that was measured, as it is printed.
  func report() throws -> EvaluationReport {
    switch self {
    case .retriever(let evaluation): evaluation.report()
    case .twoStage(let evaluation): try evaluation.report()
    }
  }
}

extension EvaluationReport {
  /// The metrics of the last stage: what a user gets.
  var lastStage: [String: Interval] { stages["two_stage"] ?? stages["retriever"] ?? [:] }
}
