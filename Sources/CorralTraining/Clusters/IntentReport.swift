package import CorralVectors
import Foundation

/// How well the clusters of users' next items are foretold, on held-out targets.
///
/// A user's truth is the share of each cluster among their targets.
package struct IntentReport: Sendable, Codable, Equatable {
  /// The number of users with targets.
  package let users: Int
  /// The mean share of the most probable cluster among a user's targets.
  package let accuracy: Double
  /// The mean cross-entropy at temperature 1, in nats.
  package let plainLoss: Double
  /// The mean cross-entropy of the probabilities that are served, in nats.
  package let loss: Double
  /// What logits are divided by; 1 if nothing was held out to choose it on.
  package let temperature: Double
  /// The mean difference between the probability of the most probable cluster and how often it is right,
  /// over bins of that probability (expected calibration error: Guo and others, 2017).
  package let calibrationError: Double
  /// The bins, of equal width; those without users are left out.
  package let bins: [Bin]

  /// Users whose most probable cluster is about equally probable.
  package struct Bin: Sendable, Codable, Equatable {
    /// The number of users.
    package let users: Int
    /// The mean probability of the most probable cluster.
    package let confidence: Double
    /// The mean share of that cluster among a user's targets.
    package let accuracy: Double
  }

  /// The number of bins.
  private static let binCount = 10

  /// The report on probabilities `[users, clusters]`, given the truth `[users, clusters]`.
  ///
  /// `plain` are the probabilities at temperature 1.
  package init(_ shares: Matrix, plain: Matrix, truth: Matrix, temperature: Double) {
    var confidence = [Double](repeating: 0, count: Self.binCount)
    var right = confidence
    var counts = [Int](repeating: 0, count: Self.binCount)
    for row in 0..<shares.rows {
      let best = (0..<shares.columns).max { shares[row, $0] < shares[row, $1] } ?? 0
      let probability = Double(shares[row, best])
      let bin = min(Self.binCount - 1, Int(probability * Double(Self.binCount)))
      confidence[bin] += probability
      right[bin] += Double(truth[row, best])
      counts[bin] += 1
    }
    let all = Double(max(1, shares.rows))
    users = shares.rows
    accuracy = right.reduce(0, +) / all
    calibrationError = zip(confidence, right).reduce(0) { $0 + abs($1.0 - $1.1) } / all
    bins = counts.indices.filter { counts[$0] > 0 }.map { bin in
      Bin(
        users: counts[bin], confidence: confidence[bin] / Double(counts[bin]),
        accuracy: right[bin] / Double(counts[bin]))
    }
    plainLoss = Self.crossEntropy(of: plain, truth)
    loss = Self.crossEntropy(of: shares, truth)
    self.temperature = temperature
  }

  /// The mean of `-sum_k y_k log p_k`.
  private static func crossEntropy(of shares: Matrix, _ truth: Matrix) -> Double {
    let sum = zip(shares.values, truth.values).reduce(0.0) { sum, pair in
      pair.1 > 0 ? sum - Double(pair.1) * log(Double(pair.0)) : sum
    }
    return sum / Double(max(1, shares.rows))
  }
}

/// The temperature at which logits foretell best.
package enum TemperatureScaling {
  /// The divisor of logits `[rows, classes]` that minimises the mean cross-entropy with the truth
  /// `[rows, classes]`, from 0.01 to 100 (Guo and others, 2017).
  ///
  /// The loss is convex in one over the temperature, so that the zero of its slope is found by halving.
  package static func temperature(of logits: Matrix, _ truth: Matrix) -> Double {
    guard logits.rows > 0 else { return 1 }
    var (low, high) = (log(0.01), log(100.0))
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if slope(of: logits, truth, at: exp(middle)) < 0 { low = middle } else { high = middle }
    }
    return exp(-(low + high) / 2)
  }

  /// The slope of the loss along one over the temperature: `sum (softmax(b z) - y) z`.
  private static func slope(of logits: Matrix, _ truth: Matrix, at sharpness: Double) -> Double {
    var slope = 0.0
    for row in 0..<logits.rows {
      let scores = logits[row].map { Double($0) }
      let top = scores.max() ?? 0
      let powers = scores.map { exp(sharpness * ($0 - top)) }
      let total = powers.reduce(0, +)
      for (column, score) in scores.enumerated() {
        slope += (powers[column] / total - Double(truth[row, column])) * score
      }
    }
    return slope
  }
}
