package import CorralData
package import CorralVectors
import Foundation

/// The shares of clusters in histories, where the weight of an item halves with every `halfLife` items
/// after it.
///
/// With `w_j = 2^(-age_j / halfLife)`, the last item of age 0, and the sum `W` of all weights, the
/// share of cluster `k` is `sum_(j in k) w_j / W`. An empty history has shares of 0.
package struct RecencyShares: Sendable {
  private let partition: Partition
  private let growth: Double

  /// Shares of the clusters of a partition; the half-life is above 0.
  package init(of partition: Partition, halfLife: Double) {
    if !(halfLife > 0) { fatalError("RecencyShares: a half-life of \(halfLife) items") }
    self.partition = partition
    growth = exp2(1 / halfLife)
  }

  /// The shares of each history, `[histories, clusters]`, and the sum of its weights.
  ///
  /// `O(items + histories * clusters)` time.
  package func shares(_ histories: Ragged<ItemIndex>) -> (shares: Matrix, weights: [Double]) {
    var shares = Matrix(rows: histories.count, columns: partition.count)
    var weights: [Double] = []
    for row in 0..<histories.count {
      var walk = Walk(clusters: partition.count)
      for item in histories[row] { walk.add(partition.clusters[item.position], growth) }
      walk.write(into: &shares, row)
      weights.append(walk.weight)
    }
    return (shares, weights)
  }

  /// The shares after each item of each history, `[items of all histories, clusters]`.
  ///
  /// Row `i` has the bits that `shares` finds for the history up to element `i` of the values.
  package func prefixes(_ histories: Ragged<ItemIndex>) -> Matrix {
    var shares = Matrix(rows: histories.values.count, columns: partition.count)
    for row in 0..<histories.count {
      var walk = Walk(clusters: partition.count)
      for (place, item) in zip(histories[row].indices, histories[row]) {
        walk.add(partition.clusters[item.position], growth)
        walk.write(into: &shares, place)
      }
    }
    return shares
  }

  /// The weights of clusters in a history as it grows.
  ///
  /// The weight of the next item grows; all others' would shrink.
  private struct Walk {
    private var weights: [Double]
    private var sum = 0.0
    private var last = 1.0

    init(clusters: Int) { weights = [Double](repeating: 0, count: clusters) }

    /// The sum of all weights, with 1 for the last item.
    var weight: Double { sum / last }

    mutating func add(_ cluster: Int32, _ growth: Double) {
      if sum > 0 { last *= growth }
      if last > 0x1p256 {
        let scale = 0x1p-256
        for cluster in weights.indices { weights[cluster] *= scale }
        sum *= scale
        last *= scale
      }
      weights[Int(cluster)] += last
      sum += last
    }

    func write(into shares: inout Matrix, _ row: Int) {
      guard sum > 0 else { return }
      let start = row * shares.columns
      for cluster in weights.indices {
        shares.values[start + cluster] = Float(weights[cluster] / sum)
      }
    }
  }
}
