/// A retriever followed by a ranker, measured on the same users.
///
/// A ranker cannot find what it is not given: the retriever's recall@K is the ceiling of two stages
/// with K candidates, and `ceilings` gives it for each metric.
package struct TwoStageEvaluation: Sendable, Equatable {
  /// The two stages with one number of candidates.
  package struct Cut: Sendable, Equatable {
    /// The number K of candidates.
    package let candidates: Int
    /// The evaluation of the ranker's lists.
    package let evaluation: Evaluation
  }

  /// The evaluation of the retriever alone.
  package let retriever: Evaluation
  /// The number of candidates.
  package let candidates: Int
  /// The two stages with each measured number of candidates, in rising order.
  package let cuts: [Cut]
  /// The duration of the ranker, over all numbers of candidates.
  package let rankingSeconds: Double

  /// The two stages with the number of candidates in use.
  package var twoStage: Evaluation {
    guard let cut = cuts.first(where: { $0.candidates == candidates }) else {
      fatalError("TwoStageEvaluation: \(candidates) candidates were not measured")
    }
    return cut.evaluation
  }

  /// The two stages with all numbers of candidates, if there was a sweep.
  package var sweep: [Cut] { cuts.count > 1 ? cuts : [] }

  /// Tests what the ranker adds to the retriever at each cut-off.
  package func lifts() throws -> [PairedTest] { try twoStage.compared(with: retriever) }
}

extension Evaluation {
  /// Returns every rank metric of a perfect ranker on the same candidates, which puts all targets
  /// found first, by name.
  func ceilings() -> [String: Interval] {
    userIntervals(metrics.filter(\.measure.isRankMeasure), rows: Array(users.indices)) { row in
      let ranks = ranks(ofRow: row).ranks
      let found = ranks.lazy.filter { $0 > 0 }.count
      return UserRanks(
        ranks: (0..<ranks.count).map { Int32($0 < found ? $0 + 1 : 0) }, clusters: [])
    }
  }
}
