/// A retriever and a ranker after it, measured on the same users.
///
/// A ranker cannot find what it is not given: the retriever's recall@K is the ceiling of all that
/// two stages can reach with K candidates, and `ceilings` says what that is for each metric.
package struct TwoStageEvaluation: Sendable, Equatable {
  /// The two stages with one number of candidates.
  package struct Cut: Sendable, Equatable {
    /// How many items the ranker was given: K.
    package let candidates: Int
    /// What was measured of the lists that the ranker made of them.
    package let evaluation: Evaluation
  }

  /// The retriever alone.
  package let retriever: Evaluation
  /// How many items the ranker is given.
  package let candidates: Int
  /// The two stages with every number of candidates that was measured, in rising order.
  package let cuts: [Cut]
  /// How long the ranker took, over all numbers of candidates.
  package let rankingSeconds: Double

  /// The two stages with the number of candidates in use.
  package var twoStage: Evaluation {
    guard let cut = cuts.first(where: { $0.candidates == candidates }) else {
      fatalError("TwoStageEvaluation: \(candidates) candidates were not measured")
    }
    return cut.evaluation
  }

  /// The two stages with other numbers of candidates, where a sweep asked for them.
  package var sweep: [Cut] { cuts.count > 1 ? cuts : [] }

  /// What the ranker adds to the retriever at each cut-off, with paired tests.
  package func lifts() throws -> [PairedTest] { try twoStage.compared(with: retriever) }
}

extension Evaluation {
  /// What a ranker that knows the targets would make of the same candidates: every rank metric, by
  /// name, with all targets that were found in the first places.
  func ceilings() -> [String: Interval] {
    userIntervals(metrics.filter(\.measure.isRankMeasure), rows: Array(users.indices)) { row in
      let ranks = ranks(ofRow: row)
      let found = ranks.lazy.filter { $0 > 0 }.count
      return (0..<ranks.count).map { Int32($0 < found ? $0 + 1 : 0) }
    }
  }
}
