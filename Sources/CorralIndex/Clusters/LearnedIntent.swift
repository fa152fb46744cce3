package import CorralVectors
import Foundation

/// Shares of clusters from a softmax over features: `p = softmax((W f + b) / temperature)`.
package struct LearnedIntent: Sendable, Equatable {
  /// `W`, `[clusters, features]`.
  package let weights: Matrix
  /// `b`, `[clusters]`.
  package let bias: [Float]
  /// What logits are divided by; above 1, shares are more alike.
  package let temperature: Float

  /// Creates an intent of trained weights.
  package init(weights: Matrix, bias: [Float], temperature: Float = 1) {
    if bias.count != weights.rows || !(temperature > 0) {
      fatalError(
        "LearnedIntent: weights [\(weights.rows), \(weights.columns)], a bias [\(bias.count)] and a "
          + "temperature of \(temperature)")
    }
    self.weights = weights
    self.bias = bias
    self.temperature = temperature
  }

  /// The same weights at another temperature.
  package func at(temperature: Float) -> LearnedIntent {
    LearnedIntent(weights: weights, bias: bias, temperature: temperature)
  }

  /// `W f + b` of each row of features, `[users, clusters]`.
  package func logits(of features: Matrix) -> Matrix {
    if features.columns != weights.columns {
      fatalError(
        "LearnedIntent: features [\(features.rows), \(features.columns)] for weights "
          + "[\(weights.rows), \(weights.columns)]")
    }
    var logits = Matrix(rows: features.rows, columns: weights.rows)
    Parallel.forEachRows(of: &logits.values, width: weights.rows, grain: 256) { rows, logits in
      features.values.withUnsafeBufferPointer { features in
        for (place, row) in rows.enumerated() {
          let own = UnsafeMutableBufferPointer(
            rebasing: logits[place * weights.rows..<(place + 1) * weights.rows])
          let start = row * weights.columns
          weights.innerProducts(
            of: 0..<weights.rows,
            with: UnsafeBufferPointer(rebasing: features[start..<start + weights.columns]),
            into: own)
          for cluster in bias.indices { own[cluster] += bias[cluster] }
        }
      }
    }
    return logits
  }

  /// The shares of each row of features, `[users, clusters]`.
  func shares(of features: Matrix) -> Matrix {
    var shares = logits(of: features)
    for row in 0..<shares.rows {
      let own = row * shares.columns..<(row + 1) * shares.columns
      let largest = shares.values[own].max() ?? 0
      for position in own {
        shares.values[position] = exp((shares.values[position] - largest) / temperature)
      }
      let sum = shares.values[own].reduce(0, +)
      for position in own { shares.values[position] /= sum }
    }
    return shares
  }
}

extension Matrix {
  /// Raises shares to at least `least` each, with a sum of 1 in every row.
  ///
  /// A row that is not finite, as of a vector that is not, becomes the same share for each cluster.
  mutating func raiseShares(to least: Float) {
    let room = 1 - least * Float(columns)
    for row in 0..<rows {
      let own = row * columns..<(row + 1) * columns
      let sum = values[own].reduce(0, +)
      for position in own {
        values[position] =
          sum.isFinite && sum > 0
          ? least + room * (values[position] / sum) : 1 / Float(columns)
      }
    }
  }
}
