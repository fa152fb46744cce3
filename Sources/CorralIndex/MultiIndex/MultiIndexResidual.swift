import CorralVectors

/// How far an inverted multi-index is from its items: the lengths of
/// `r_i = e_i - [centre of the first half, centre of the second]`.
///
/// A score is off by at most `|z| |r_i|`; so with Q the softmax of the scores and Q^ that of the
/// centres' scores, `|log Q / Q^| <= 2 |z| max |r_i|` for every item, and so is their divergence.
package struct MultiIndexResidual: Codable, Sendable, Equatable {
  /// The mean length.
  package let mean: Double
  /// The largest length.
  package let largest: Double
  /// The mean squared length: the loss of both k-means together.
  package let meanSquare: Double

  /// The residual of an index without items.
  static let none = MultiIndexResidual(mean: 0, largest: 0, meanSquare: 0)

  private init(mean: Double, largest: Double, meanSquare: Double) {
    self.mean = mean
    self.largest = largest
    self.meanSquare = meanSquare
  }

  /// Measures the distances of the items from the centres of their clusters, in one pass.
  init(_ items: Matrix, first: KMeans, second: KMeans, threads: Int) {
    guard items.rows > 0 else {
      self = .none
      return
    }
    let width = first.centres.columns
    let parts = Parallel.map(items.rows, grain: 1 << 14, threads: threads) { range in
      var (sum, square, largest) = (0.0, 0.0, 0.0)
      items.values.withUnsafeBufferPointer { items in
        first.centres.values.withUnsafeBufferPointer { left in
          second.centres.values.withUnsafeBufferPointer { right in
            let other = second.centres.columns
            for item in range {
              var length: Float = 0
              let start = item * (width + other)
              let (a, b) = (Int(first.clusters[item]) * width, Int(second.clusters[item]) * other)
              for column in 0..<width {
                let difference = items[start + column] - left[a + column]
                length += difference * difference
              }
              for column in 0..<other {
                let difference = items[start + width + column] - right[b + column]
                length += difference * difference
              }
              sum += Double(length).squareRoot()
              square += Double(length)
              largest = max(largest, Double(length))
            }
          }
        }
      }
      return (sum: sum, square: square, largest: largest)
    }
    let count = Double(items.rows)
    self.init(
      mean: parts.reduce(0) { $0 + $1.sum } / count,
      largest: (parts.map(\.largest).max() ?? 0).squareRoot(),
      meanSquare: parts.reduce(0) { $0 + $1.square } / count)
  }
}
