package import CorralData
package import CorralEvaluation
import CorralIndex
import CorralSettings

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

  /// The ranks of a part: those that training saved with the model, or else new ones.
  ///
  /// - Parameters:
  ///   - part: the held-out part.
  ///   - path: where the data are, to measure anew; `nil` measures only where nothing is saved.
  ///   - clusters: the clusters that lists are measured by, to measure anew; `nil` takes what is
  ///     saved, or the model's own.
  ///   - willMeasure: is told before the model is measured.
  /// - Returns: the ranks.
  /// - Throws: `PipelineError` where the data are not there, or are others.
  package func evaluation(
    of part: HeldOut, dataAt path: String?, clusters: ListClusters? = nil,
    willMeasure: (LoadedData) -> Void
  ) throws -> Evaluation {
    if path == nil, clusters == nil, let saved = try savedEvaluation(),
      saved.protocolInUse.part == part
    {
      return saved
    }
    let data = try loadData(from: path)
    willMeasure(data)
    let ranking = try FullRanking(of: data.split, part: part, settings: settings.evaluate)
    let lists = try listMeasuring(by: clusters, on: data)
    return try measured(by: ranking, on: data.split, part: part, lists: lists).evaluation
  }
}
