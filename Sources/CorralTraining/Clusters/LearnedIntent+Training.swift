package import CorralIndex
package import CorralVectors
import Foundation
import Torch

extension LearnedIntent {
  /// A linear softmax that is learned by cross-entropy, at temperature 1: Adam over shuffled examples, at a
  /// rate that falls to 0.
  ///
  /// It starts from the frequencies of the clusters. Features are standardised while it learns, so that
  /// one rate fits those of all models; the result takes them as they are.
  ///
  /// - Parameters:
  ///   - features: the features, constants, `[examples, features]`.
  ///   - targets: the cluster of each example.
  ///   - count: the number of clusters.
  ///   - epochs: passes over the examples.
  ///   - rate: the first learning rate.
  ///   - seed: the seed of the order of examples.
  /// - Throws: `TrainingError.intentNotFinite` if the loss is not a finite number.
  package init(
    training features: Matrix, toward targets: [Int32], of count: Int, epochs: Int, rate: Float,
    seed: UInt64
  ) throws {
    let (means, scales) = features.moments()
    let (shift, scale) = (Tensor(means), Tensor(scales))
    let parameters = Parameters(seed: seed)
    let layer = try parameters.build {
      try Linear(features.columns, count, initializer: .zeros, in: $0)
    }
    try parameters.restore([
      "weight": StoredTensor(
        shape: [count, features.columns],
        values: [Float](repeating: 0, count: count * features.columns)),
      "bias": StoredTensor(shape: [count], values: Self.logFrequencies(of: targets, count)),
    ])
    var optimiser = Optimizer(.adam(.init()), rate: rate, clipping: .off, of: parameters)
    // Some hundred steps a pass, however few examples there are.
    let batch = max(16, min(1024, targets.count / 200))
    let steps = epochs * ((targets.count + batch - 1) / batch)
    var step = 0
    for epoch in 0..<epochs {
      var generator = SeededGenerator(seed: seed, stream: UInt64(2 + epoch))
      let order = generator.permutation(targets.count)
      for start in stride(from: 0, to: order.count, by: batch) {
        let rows = order[start..<min(start + batch, order.count)]
        let inputs = (Tensor(features.gathered(rows)) - shift) * scale
        let loss = layer(inputs).crossEntropy(Tensor(rows.map { Int64(targets[$0]) }))
        guard loss.item().isFinite else { throw TrainingError.intentNotFinite(epoch: epoch + 1) }
        loss.backward()
        optimiser.rate = rate * Float(steps - step) / Float(steps)
        optimiser.step()
        step += 1
      }
    }
    // w ((x - m) s) + b = (w s) x + (b - (w s) m)
    var weights = layer.weight.matrix()
    var bias = layer.bias?.floats() ?? []
    for row in 0..<count {
      for column in 0..<features.columns {
        weights[row, column] *= scales[column]
        bias[row] -= weights[row, column] * means[column]
      }
    }
    self.init(weights: weights, bias: bias)
  }

  /// The logarithm of each cluster's share of the targets, with one more target in each.
  private static func logFrequencies(of targets: [Int32], _ count: Int) -> [Float] {
    var totals = [Double](repeating: 1, count: count)
    for target in targets { totals[Int(target)] += 1 }
    return totals.map { Float(log($0 / Double(targets.count + count))) }
  }
}

extension Matrix {
  /// The mean of each column, and one over its deviation; 0 for a column that hardly varies.
  fileprivate func moments() -> (means: [Float], scales: [Float]) {
    let count = Double(max(rows, 1))
    var sums = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns { sums[column] += Double(self[row, column]) }
    }
    let means = sums.map { $0 / count }
    var squares = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let difference = Double(self[row, column]) - means[column]
        squares[column] += difference * difference
      }
    }
    let scales = zip(squares, means).map { square, mean in
      let deviation = (square / count).squareRoot()
      return deviation > 1e-6 * (abs(mean) + 1e-6) ? Float(1 / deviation) : 0
    }
    return (means.map { Float($0) }, scales)
  }
}
