package import CorralData
package import CorralEvaluation
import CorralIndex
import CorralSettings

extension OpenedModel {
  /// The model measured on a part of its data by ranking the whole catalogue exactly.
  package func measured(
    by ranking: FullRanking, on split: Split, part: HeldOut
  ) throws -> Measurement {
    try Measurement(of: model, then: ranker, by: ranking, on: split, part: part)
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
  ///   - willMeasure: is told before the model is measured.
  /// - Returns: the ranks.
  /// - Throws: `PipelineError` where the data are not there, or are others.
  package func evaluation(
    of part: HeldOut, dataAt path: String?, willMeasure: (LoadedData) -> Void
  ) throws -> Evaluation {
    if path == nil, let saved = try savedEvaluation(), saved.protocolInUse.part == part {
      return saved
    }
    let data = try loadData(from: path)
    willMeasure(data)
    let ranking = try FullRanking(of: data.split, part: part, settings: settings.evaluate)
    return try measured(by: ranking, on: data.split, part: part).evaluation
  }
}
