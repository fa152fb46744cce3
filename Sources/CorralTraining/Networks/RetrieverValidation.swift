package import CorralData
package import CorralEvaluation
package import CorralModels

/// Measures a retriever after an epoch: full ranking of the validation part.
struct RetrieverValidation {
  private let ranking: FullRanking
  private let histories: Ragged<ItemIndex>
  private let metrics: [Metric]

  /// The validation of a split; `nil` if nothing is held out for it.
  init?(_ settings: RetrieverTrainingSettings, of split: Split) throws {
    guard !split.validation.values.isEmpty else { return nil }
    let watched = try Metric(named: settings.train.metric)
    let evaluation = EvaluationSettings(watching: watched, seen: settings.seen)
    ranking = try FullRanking(of: split, part: .validation, settings: evaluation)
    histories = split.histories(before: .validation)
    metrics = evaluation.metrics
  }

  /// The metrics of a model by name.
  func measure(_ model: FrozenRetriever) throws -> [String: Double] {
    let evaluation = try ranking.evaluate(model.scoring(histories: histories))
    var values: [String: Double] = [:]
    for metric in metrics { values["\(metric)"] = try evaluation.value(of: metric) }
    return values
  }
}

extension EvaluationSettings {
  /// What validation measures after an epoch: the watched metric beside recall, NDCG and MRR at its
  /// cut-off, without intervals.
  init(watching metric: Metric, seen: SeenItems) {
    self.init()
    cutoffs = [metric.cutoff]
    measures = [.recall, .ndcg, .mrr]
    if !measures.contains(metric.measure) { measures.append(metric.measure) }
    self.seen = seen
    resamples = 0
  }
}

extension FrozenRetriever {
  /// How the model scores every item for the users of a split, given their histories.
  package func scoring(histories: Ragged<ItemIndex>) -> Scoring {
    func batch(_ users: Range<Int>) -> QueryBatch {
      QueryBatch(users: users.map(UserIndex.init), histories: histories.rows(users))
    }
    return isInnerProduct
      ? .vectors(
        queries: { self.vectors(for: batch($0)) }, items: itemVectors(), placed: placed)
      : .scores(placed: placed) { self.scores(for: batch($0)) }
  }
}

extension Ragged {
  /// A copy of some of the rows.
  func rows(_ rows: Range<Int>) -> Ragged {
    let start = offsets[rows.lowerBound]
    return Ragged(
      values: Array(values[start..<offsets[rows.upperBound]]),
      offsets: offsets[rows.lowerBound...rows.upperBound].map { $0 - start })
  }
}
