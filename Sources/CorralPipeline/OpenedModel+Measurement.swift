package import CorralData
package import CorralEvaluation
import CorralIndex
import CorralModels
import CorralSettings
import CorralTraining

extension OpenedModel {
  /// The model measured on a part of its data by ranking the whole catalogue exactly, or by the lists
  /// that its clusters fill.
  ///
  /// With `lists` its lists are measured by clusters and vectors too.
  package func measured(
    by ranking: FullRanking, on split: Split, part: HeldOut, lists: ListMeasuring? = nil
  ) throws -> Measurement {
    try Measurement(
      model.scoring(split, part: part, clusters: clusters, settings.clusters), then: ranker,
      by: ranking, on: split, part: part, lists: lists)
  }

  /// The same users through the index that the model serves with; `nil` where it compares every item.
  package func measuredThroughIndex(
    by ranking: FullRanking, on split: Split, part: HeldOut
  ) throws -> EvaluationReport.Index? {
    guard let scoring = try indexScoring(split, part: part) else { return nil }
    let measured = try Measurement(scoring, then: ranker, by: ranking, on: split, part: part)
    return EvaluationReport.Index(kind: settings.index.kind.rawValue, stages: measured.stages)
  }

  /// The retriever measured by ranking each target among the items of its own cluster (Divide and
  /// Conquer: Zhang and others, 2023, table 3).
  ///
  /// It asks how well the retriever tells similar items apart, and needs no guess of a cluster.
  ///
  /// - Parameters:
  ///   - choice: the clusters; `nil` takes the model's own.
  ///   - data: the data of the model.
  ///   - part: the held-out part.
  ///   - settings: what is measured.
  /// - Returns: the evaluation.
  /// - Throws: `PipelineError` for clusters that are not there or that the retriever was not told of,
  ///   and for a model whose scores are no inner products.
  package func measuredWithinClusters(
    _ choice: ListClusters? = nil, on data: LoadedData, part: HeldOut, settings: EvaluationSettings
  ) throws -> Evaluation {
    try checkInnerProducts("a ranking within clusters")
    guard let partition = try listMeasuring(by: choice, on: data)?.partition else {
      throw PipelineError.other(
        "\(path) has no clusters to rank in: give --clusters a model that has some, or feature:NAME"
      )
    }
    let ranking = try InClusterRanking(
      of: data.split, part: part, settings: settings, partition: partition)
    let histories = data.split.histories(before: part)
    guard case .network(let network) = model else {
      return try ranking.evaluate(
        queries: { model.queries($0, histories: histories) }, items: model.itemVectors(),
        placed: model.placed)
    }
    if network.tasks != nil, partition != clusters?.items.partition {
      throw PipelineError.other(
        "\(path) was trained to search its own clusters, and can be ranked in no others")
    }
    return try network.evaluation(by: ranking, histories: histories)
  }

  /// The ranks of a part: those that training saved with the model, or else new ones.
  ///
  /// - Parameters:
  ///   - part: the held-out part.
  ///   - path: where the data are, to measure anew; `nil` measures only where nothing is saved.
  ///   - clusters: the clusters that lists are measured by, to measure anew; `nil` takes what is
  ///     saved, or the model's own.
  ///   - isWithinClusters: whether each target is ranked among the items of its own cluster.
  ///   - willMeasure: is told before the model is measured.
  /// - Returns: the ranks.
  /// - Throws: `PipelineError` where the data are not there, or are others.
  package func evaluation(
    of part: HeldOut, dataAt path: String?, clusters: ListClusters? = nil,
    isWithinClusters: Bool = false, willMeasure: (LoadedData) -> Void
  ) throws -> Evaluation {
    if path == nil, clusters == nil, !isWithinClusters, let saved = try savedEvaluation(),
      saved.protocolInUse.part == part
    {
      return saved
    }
    let data = try loadData(from: path)
    willMeasure(data)
    if isWithinClusters {
      return try measuredWithinClusters(
        clusters, on: data, part: part, settings: settings.evaluate)
    }
    let ranking = try FullRanking(of: data.split, part: part, settings: settings.evaluate)
    let lists = try listMeasuring(by: clusters, on: data)
    return try measured(by: ranking, on: data.split, part: part, lists: lists).evaluation
  }
}
