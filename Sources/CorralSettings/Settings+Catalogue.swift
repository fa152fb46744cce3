import CorralEvaluation
import CorralModels
import CorralText
import CorralTraining

extension Settings {
  /// Lowers the default cut-offs that a small catalogue cannot fill, so that a log of a few items
  /// trains without settings; cut-offs that somebody chose stay.
  ///
  /// - Parameter items: the number of items that are ranked.
  /// - Returns: what was changed, in one line; `nil` where nothing was.
  package mutating func fitCutoffs(toItems items: Int) -> String? {
    guard items > 0 else { return nil }
    var changes: [String] = []
    if evaluate.cutoffs == EvaluationSettings().cutoffs,
      evaluate.cutoffs.contains(where: { $0 > items })
    {
      let fitting = evaluate.cutoffs.filter { $0 <= items }
      evaluate.cutoffs = fitting.isEmpty ? [items] : fitting
      changes.append("evaluate.cutoffs to \(evaluate.cutoffs)")
    }
    let trained = Self.fitted(train.metric, from: defaultMetric, toItems: items)
    let ranked = Self.fitted(
      rankerTraining.train.metric, from: RankerTrainingSettings().train.metric, toItems: items)
    if let trained { changes.append("train.metric to \(trained)") }
    if let ranked, ranker != .none { changes.append("rankerTraining.train.metric to \(ranked)") }
    train.metric = trained ?? train.metric
    if ranker != .none { rankerTraining.train.metric = ranked ?? rankerTraining.train.metric }
    guard !changes.isEmpty else { return nil }
    return "the catalogue has only \(Format.counted(items, "item")): this sets "
      + changes.joined(separator: ", ")
  }

  /// What training of this retriever watches unless somebody chose something else.
  private var defaultMetric: String {
    if case .network(let network) = retriever {
      return RetrieverTrainingSettings(network).train.metric
    }
    return TrainingSettings().metric
  }

  /// The default metric at a cut-off that the catalogue can fill; `nil` where nothing changes.
  private static func fitted(
    _ metric: String, from standard: String, toItems items: Int
  ) -> String? {
    guard metric == standard, let parsed = try? Metric(named: metric), parsed.cutoff > items else {
      return nil
    }
    return "\(Metric(parsed.measure, at: items))"
  }
}
