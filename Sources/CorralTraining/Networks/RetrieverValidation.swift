package import CorralData
package import CorralEvaluation
package import CorralModels

/// Measures a retriever after an epoch: full ranking of the validation part, or ranking within the
/// cluster of each target.
struct RetrieverValidation {
  private let ranking: Ranking
  private let histories: Ragged<ItemIndex>
  private let metrics: [Metric]

  /// What a target is ranked among.
  private enum Ranking {
    case catalogue(FullRanking)
    case cluster(InClusterRanking)
  }

  /// The validation of a split; `nil` if nothing is held out for it.
  ///
  /// With a partition, targets are ranked within their clusters.
  init?(
    _ settings: RetrieverTrainingSettings, of split: Split, within partition: Partition? = nil
  ) throws {
    guard !split.validation.values.isEmpty else { return nil }
    let watched = try Metric(named: settings.train.metric)
    let evaluation = EvaluationSettings(watching: watched, seen: settings.seen)
    ranking =
      if let partition {
        .cluster(
          try InClusterRanking(
            of: split, part: .validation, settings: evaluation, partition: partition))
      } else {
        .catalogue(try FullRanking(of: split, part: .validation, settings: evaluation))
      }
    histories = split.histories(before: .validation)
    metrics = evaluation.metrics
  }

  /// Whether targets are ranked among the items of their clusters alone.
  var isWithinClusters: Bool { if case .cluster = ranking { true } else { false } }

  /// The metrics of a model by name.
  func measure(_ model: FrozenRetriever) throws -> [String: Double] {
    let evaluation = try evaluation(of: model)
    var values: [String: Double] = [:]
    for metric in metrics { values["\(metric)"] = try evaluation.value(of: metric) }
    return values
  }

  private func evaluation(of model: FrozenRetriever) throws -> Evaluation {
    switch ranking {
    case .catalogue(let ranking): try ranking.evaluate(model.scoring(histories: histories))
    case .cluster(let ranking): try model.evaluation(by: ranking, histories: histories)
    }
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
  /// Ranks each target among the items of its cluster, which the retriever is told if it can be.
  ///
  /// - Parameters:
  ///   - ranking: the users and their targets.
  ///   - histories: what all users of the split have met before the targets.
  /// - Returns: the evaluation.
  /// - Throws: what the ranking throws.
  package func evaluation(
    by ranking: InClusterRanking, histories: Ragged<ItemIndex>
  ) throws -> Evaluation {
    guard tasks.areTold else {
      return try ranking.evaluate(
        queries: { self.vectors(for: QueryBatch(of: $0, histories: histories)) },
        items: itemVectors(), placed: placed)
    }
    return try ranking.evaluate(
      vectors: { users, clusters in
        self.vectors(
          for: QueryBatch(
            users: users, histories: Ragged(users.lazy.map { histories[$0.position] }),
            clusters: clusters))
      }, items: itemVectors(), placed: placed)
  }

  /// How the model scores every item for the users of a split, given their histories.
  package func scoring(histories: Ragged<ItemIndex>) -> Scoring {
    func batch(_ users: Range<Int>) -> QueryBatch { QueryBatch(of: users, histories: histories) }
    return isInnerProduct
      ? .vectors(
        queries: { self.vectors(for: batch($0)) }, items: itemVectors(), placed: placed)
      : .scores(placed: placed) { self.scores(for: batch($0)) }
  }
}

extension QueryBatch {
  /// Queries of some users, given the histories of all.
  init(of users: Range<Int>, histories: Ragged<ItemIndex>) {
    self.init(users: users.map(UserIndex.init), histories: histories.rows(users))
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
