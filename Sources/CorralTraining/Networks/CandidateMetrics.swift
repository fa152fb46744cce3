import CorralData
import CorralEvaluation

/// The ranking metrics of scored candidates.
///
/// A target outside the candidates counts as a miss.
struct CandidateMetrics {
  let candidates: Ragged<ItemIndex>
  private let targets: Ragged<ItemIndex>
  private let metrics: [Metric]
  private let measures: RankMeasures

  /// Metrics over candidates and targets, one row per user; the retriever's best candidates come first.
  init(_ metrics: [Metric], candidates: Ragged<ItemIndex>, targets: Ragged<ItemIndex>) {
    self.metrics = metrics
    self.candidates = candidates
    self.targets = targets
    measures = RankMeasures(depth: metrics.map(\.cutoff).max() ?? 1)
  }

  /// The metrics by name, means over users, of scores aligned with the candidates' values.
  ///
  /// Throws `EvaluationError.notANumber` for a score that is not a number.
  func means(_ scores: [Float]) throws -> [String: Double] {
    if scores.contains(where: \.isNaN) {
      throw EvaluationError.notANumber("for a candidate in validation")
    }
    var sums = [Double](repeating: 0, count: metrics.count)
    for row in 0..<candidates.count {
      let range = candidates.offsets[row]..<candidates.offsets[row + 1]
      // Equal scores keep the order of the candidates.
      let ranks = targets[row].map { target in
        guard let place = candidates.values[range].firstIndex(of: target) else { return Int32(0) }
        let better = range.lazy.filter {
          scores[$0] > scores[place] || (scores[$0] == scores[place] && $0 < place)
        }
        return Int32(1 + better.reduce(into: 0) { count, _ in count += 1 })
      }
      for (column, metric) in metrics.enumerated() {
        sums[column] += measures.value(of: metric, ranks: ranks)
      }
    }
    let users = Double(max(1, candidates.count))
    return Dictionary(uniqueKeysWithValues: zip(metrics, sums).map { ("\($0)", $1 / users) })
  }
}
