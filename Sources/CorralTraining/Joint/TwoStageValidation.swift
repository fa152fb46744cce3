import CorralData
import CorralEvaluation
import CorralModels

/// Measures two stages after an epoch: the retriever ranks the catalogue, the ranker reorders the best.
struct TwoStageValidation {
  private let ranking: FullRanking
  private let split: Split
  private let watched: Metric
  private let candidates: Int

  /// The validation of a split; `nil` if nothing is held out for it.
  init?(_ settings: CooperativeTrainingSettings, of split: Split) throws {
    guard !split.validation.values.isEmpty else { return nil }
    self.split = split
    watched = try Metric(named: settings.train.metric)
    candidates = min(settings.candidates, split.interactedItemCount)
    guard watched.cutoff <= candidates else {
      throw SettingError(
        "train.metric", settings.train.metric,
        "the ranker orders \(candidates) candidates; watch a cut-off up to that, or raise "
          + "evaluate.candidates")
    }
    ranking = try FullRanking(
      of: split, part: .validation,
      settings: EvaluationSettings(watching: watched, seen: settings.seen))
  }

  /// The metrics of both stages together by name.
  ///
  /// Under `retriever/` are those of the retriever alone, with its recall of all candidates, which is the
  /// ceiling of both. Under `lift/` is what the ranker adds to the watched metric. If several multiples of
  /// the retriever's score are tried, the metrics are those of the multiple with the best watched metric,
  /// the first of equal ones, and `stacking` holds it.
  func measure(
    _ retriever: FrozenRetriever, then ranker: FrozenRanker, _ stackings: [Float]
  ) throws -> [String: Double] {
    let histories = split.histories(before: .validation)
    let unit = ranker.stacked?.weight ?? 0
    let isChoosing = stackings.count > 1 && watched.measure.isRankMeasure
    var tried = TriedStackings(stackings, of: unit)
    let metrics = ranking.settings.metrics.filter(\.measure.isRankMeasure)
    let evaluation = try ranking.evaluate(
      retriever.scoring(histories: histories),
      then: CandidateRanking { users, candidates in
        let parts = ranker.parts(
          of: candidates,
          for: QueryBatch(
            users: users, histories: Ragged(users.lazy.map { histories[$0.position] }),
            context: split.context(of: .validation, users: users)))
        if isChoosing {
          let targets = users.map { Set(split.validation[$0.position]).sorted() }
          try tried.add(
            parts,
            by: CandidateMetrics(metrics, candidates: candidates, targets: Ragged(targets)))
        }
        return parts.sum(unit * stackings[0])
      }, candidates: candidates, sweep: [])
    var values: [String: Double] = [:]
    for metric in ranking.settings.metrics {
      values["\(metric)"] = try evaluation.twoStage.value(of: metric)
      values["retriever/\(metric)"] = try evaluation.retriever.value(of: metric)
    }
    if isChoosing {
      let served = tried.best(by: watched)
      values.merge(served.values) { _, new in new }
      values[StackingChoice.metric] = Double(served.stacking)
    }
    let ceiling = Metric(.recall, at: candidates)
    values["retriever/\(ceiling)"] = try evaluation.retriever.value(of: ceiling)
    values["lift/\(watched)"] =
      (values["\(watched)"] ?? 0) - (values["retriever/\(watched)"] ?? 0)
    return values
  }
}
