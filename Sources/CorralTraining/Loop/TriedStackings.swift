import CorralData
import CorralEvaluation
import CorralModels

/// What some weights of the retriever's score are worth, summed over users as their candidates are
/// scored: nothing is kept of those.
struct TriedStackings {
  private let stackings: [Float]
  private let unit: Float
  private var sums: [[String: Double]]
  private var users = 0

  /// Multiples to try of a weight of the retriever's score.
  init(_ stackings: [Float], of unit: Float) {
    self.stackings = stackings
    self.unit = unit
    sums = stackings.map { _ in [:] }
  }

  /// Adds the users of some candidates.
  ///
  /// Throws `EvaluationError.notANumber` for a score that cannot be ranked by.
  mutating func add(_ parts: ScoreParts, by metrics: CandidateMetrics) throws {
    let count = metrics.candidates.count
    for (place, stacking) in stackings.enumerated() {
      let means = try metrics.means(parts.sum(unit * stacking)).mapValues { $0 * Double(count) }
      sums[place].merge(means, uniquingKeysWith: +)
    }
    users += count
  }

  /// Which ranks best by a metric, the first of equal ones, and the means of all metrics with it.
  func best(by watched: Metric) -> (stacking: Float, values: [String: Double]) {
    func value(_ place: Int) -> Double { sums[place]["\(watched)"] ?? 0 }
    // `max` would keep the last of equal ones.
    let best = sums.indices.dropFirst().reduce(0) { value($1) > value($0) ? $1 : $0 }
    return (stackings[best], sums[best].mapValues { $0 / Double(max(1, users)) })
  }
}
