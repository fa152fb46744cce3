import Foundation

/// How probable each item of a catalogue is, from counts: P(d).
public struct ItemFrequencies: Sendable, Equatable {
  /// P(d) of every item, `[items]`: they sum to 1.
  public let probabilities: [Double]

  /// The share of each item in the counts, after `smoothing` more of every item.
  ///
  /// `P(d) = (n_d + smoothing) / (sum n + smoothing * items)`. Without smoothing an item that was
  /// never counted has probability 0; without any counts every item has the same.
  public init(counts: [Int], smoothing: Double = 0) {
    let total = counts.reduce(0) { $0 + Double($1) } + smoothing * Double(counts.count)
    let uniform = 1 / Double(max(counts.count, 1))
    probabilities = counts.map { total > 0 ? (Double($0) + smoothing) / total : uniform }
  }

  /// The number of items.
  public var count: Int { probabilities.count }

  /// log P(d) of every item, `[items]`: what serving adds to the scores of a model that was trained
  /// without correction, as one extra coordinate of its item vectors.
  ///
  /// Finite for every item when the frequencies were smoothed.
  public var servingPrior: [Float] { probabilities.map { Float(log($0)) } }
}
