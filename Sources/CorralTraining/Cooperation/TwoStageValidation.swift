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

  /// The name of the weight of the retriever's score among the metrics.
  static let stacking = "stacking"

  /// The metrics of both stages together by name; under `retriever/` those of the retriever alone with
  /// its recall of all candidates, which is the ceiling; under `lift/` what the ranker adds to the
  /// watched metric.
  ///
  /// The retriever's scores are added to the ranker's times a weight, a multiple of the ranker's own.
  /// Of several weights the metrics are those of the best by the watched one, the first of equal
  /// ones, and `stacking` says which it was.
  func measure(
    _ retriever: FrozenModel, then ranker: FrozenRanker, _ stackings: [Float]
  ) throws -> [String: Double] {
    let histories = split.histories(before: .validation)
    let unit = ranker.stacked?.weight ?? 0
    let isChoosing = stackings.count > 1 && watched.measure.isRankMeasure
    var scored = ScoredCandidates()
    let evaluation = try ranking.evaluate(
      retriever.scoring(histories: histories),
      then: CandidateRanking { users, candidates in
        let parts = ranker.parts(
          of: candidates,
          for: QueryBatch(
            users: users, histories: Ragged(users.lazy.map { histories[$0.position] }),
            context: split.context(of: .validation, users: users)))
        if isChoosing { scored.append(candidates, parts, of: users) }
        return parts.sum(unit * stackings[0])
      }, candidates: candidates, sweep: [])
    var values: [String: Double] = [:]
    for metric in ranking.settings.metrics {
      values["\(metric)"] = try evaluation.twoStage.value(of: metric)
      values["retriever/\(metric)"] = try evaluation.retriever.value(of: metric)
    }
    if isChoosing {
      let served = scored.best(
        stackings, unit: unit, watched: watched,
        metrics: ranking.settings.metrics.filter(\.measure.isRankMeasure), of: split)
      values.merge(served.values) { _, new in new }
      values[Self.stacking] = Double(served.stacking)
    }
    let ceiling = Metric(.recall, at: candidates)
    values["retriever/\(ceiling)"] = try evaluation.retriever.value(of: ceiling)
    values["lift/\(watched)"] =
      (values["\(watched)"] ?? 0) - (values["retriever/\(watched)"] ?? 0)
    return values
  }
}

/// The candidates that a retriever found for users, with both stages' scores.
private struct ScoredCandidates {
  private var users: [UserIndex] = []
  private var rows: [[ItemIndex]] = []
  private var parts = ScoreParts(own: [], retriever: [])

  /// Adds those of some users.
  mutating func append(_ candidates: Ragged<ItemIndex>, _ more: ScoreParts, of users: [UserIndex]) {
    self.users += users
    rows += (0..<candidates.count).map { Array(candidates[$0]) }
    parts.own += more.own
    parts.retriever? += more.retriever ?? []
  }

  /// Which of some weights ranks best by a metric, the first of equal ones, and all metrics with it.
  func best(
    _ stackings: [Float], unit: Float, watched: Metric, metrics: [Metric], of split: Split
  ) -> (stacking: Float, values: [String: Double]) {
    let measured = CandidateMetrics(
      metrics, candidates: Ragged(rows),
      targets: Ragged(users.map { Set(split.validation[$0.position]).sorted() }))
    let tried = stackings.map { ($0, measured.means(parts.sum(unit * $0))) }
    let name = "\(watched)"
    // `max` would keep the last of equal ones.
    return tried.dropFirst().reduce(tried[0]) { best, next in
      (next.1[name] ?? 0) > (best.1[name] ?? 0) ? next : best
    }
  }
}
