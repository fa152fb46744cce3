import CorralData
import CorralEvaluation
import CorralModels

/// The measuring of epochs of two stages: the retriever ranks the catalogue, the ranker orders the
/// best of it again.
struct TwoStageValidation {
  private let ranking: FullRanking
  private let split: Split
  private let watched: Metric
  private let candidates: Int

  /// The validation of a split; `nil` when nothing is held out for it.
  init?(_ settings: CooperativeTrainingSettings, of split: Split) throws {
    guard !split.validation.values.isEmpty else { return nil }
    self.split = split
    watched = try Metric(named: settings.train.metric)
    candidates = min(settings.candidates, split.itemCount)
    guard watched.cutoff <= candidates else {
      throw TrainingError.setting(
        key: "train.metric", value: settings.train.metric,
        reason: "the ranker orders \(candidates) candidates; watch a cut-off up to that, or raise "
          + "evaluate.candidates")
    }
    var evaluation = EvaluationSettings()
    evaluation.cutoffs = [watched.cutoff]
    evaluation.measures = [.recall, .ndcg, .mrr]
    if !evaluation.measures.contains(watched.measure) {
      evaluation.measures.append(watched.measure)
    }
    evaluation.seen = settings.seen
    evaluation.resamples = 0
    ranking = try FullRanking(of: split, part: .validation, settings: evaluation)
  }

  /// The metrics of both stages together by name; under `retriever/` those of the retriever alone with
  /// its recall of all candidates, which is the ceiling; under `lift/` what the ranker adds to the
  /// watched metric.
  func measure(_ retriever: FrozenModel, then ranker: FrozenRanker) throws -> [String: Double] {
    let evaluation = try ranking.evaluate(
      retriever.scoring(histories: split.histories(before: .validation)),
      then: ranker.ranking(of: split, part: .validation), candidates: candidates, sweep: [])
    var values: [String: Double] = [:]
    for metric in ranking.settings.metrics {
      values["\(metric)"] = try evaluation.twoStage.value(of: metric)
      values["retriever/\(metric)"] = try evaluation.retriever.value(of: metric)
    }
    let ceiling = Metric(.recall, at: candidates)
    values["retriever/\(ceiling)"] = try evaluation.retriever.value(of: ceiling)
    values["lift/\(watched)"] =
      (values["\(watched)"] ?? 0) - (values["retriever/\(watched)"] ?? 0)
    return values
  }
}
