import CorralData
import CorralEvaluation
import CorralModels

/// How much of the retriever's score is added to the ranker's when both serve.
package enum StackingChoice: String, Sendable, Codable, CaseIterable {
  /// The same multiple as in training; 0 for a ranker that was trained by itself.
  case trained
  /// The multiple that ranks the validation items best: that of training, or one from 0.5 to 10.
  ///
  /// Two stages that have learned different things know more than either of them. A stage that has
  /// overfitted gets less weight.
  case validated

  /// The multiples to try, that of training first.
  func tried(trained: Float) -> [Float] {
    switch self {
    case .trained: [trained]
    case .validated: [trained] + [0.5, 0.7, 1, 1.5, 2, 3, 5, 10].filter { $0 != trained }
    }
  }

  /// The key under which an epoch's metrics hold the multiple that ranked best.
  static let metric = "stacking"
}

/// Compares multiples of the retriever's score by the metrics of both stages.
///
/// Metrics are summed as the candidates are scored, so that no scores are kept.
struct TriedStackings {
  private let stackings: [Float]
  private let unit: Float
  private var sums: [[String: Double]]
  private var users = 0

  /// A comparison of multiples of `unit`, a weight of the retriever's score.
  init(_ stackings: [Float], of unit: Float) {
    self.stackings = stackings
    self.unit = unit
    sums = stackings.map { _ in [:] }
  }

  /// Adds the candidates of some users.
  ///
  /// Throws `EvaluationError.notANumber` for a score that is not a number.
  mutating func add(_ parts: ScoreParts, by metrics: CandidateMetrics) throws {
    let count = metrics.candidates.count
    for (place, stacking) in stackings.enumerated() {
      let means = try metrics.means(parts.sum(unit * stacking)).mapValues { $0 * Double(count) }
      sums[place].merge(means, uniquingKeysWith: +)
    }
    users += count
  }

  /// The multiple that ranks best by a metric, the first of equal ones, and the means of all metrics.
  func best(by watched: Metric) -> (stacking: Float, values: [String: Double]) {
    func value(_ place: Int) -> Double { sums[place]["\(watched)"] ?? 0 }
    // `max` would keep the last of equal ones.
    let best = sums.indices.dropFirst().reduce(0) { value($1) > value($0) ? $1 : $0 }
    return (stackings[best], sums[best].mapValues { $0 / Double(max(1, users)) })
  }
}
