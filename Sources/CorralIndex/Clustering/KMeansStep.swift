import CorralVectors

/// One step of k-means: points assigned to their nearest centres, and the sums that give the next centres.
struct KMeansStep {
  /// The nearest centre of each point.
  private(set) var clusters: [Int32]
  /// The mean squared distance of a point to it.
  private(set) var loss = 0.0
  /// The squared distance of each point.
  private(set) var distances: [Float]
  /// The sum of the points of each cluster, `[clusters, dimension]`, and their number.
  private var totals: ClusterTotals

  /// The number of points that a thread takes at once.
  private static let grain = 1 << 14

  /// Assigns the rows of a matrix by a range of its columns.
  init(_ points: Matrix, columns: Range<Int>, centres: Matrix, threads: Int) {
    clusters = [Int32](repeating: 0, count: points.rows)
    distances = [Float](repeating: 0, count: points.rows)
    totals = ClusterTotals(clusters: centres.rows, dimension: columns.count)
    let parts = clusters.withUnsafeMutableBufferPointer { clusters in
      distances.withUnsafeMutableBufferPointer { distances in
        // Chunks write what is theirs.
        nonisolated(unsafe) let (clusters, distances) = (clusters, distances)
        return Parallel.map(points.rows, grain: Self.grain, threads: threads) { range in
          var part = ClusterTotals(clusters: centres.rows, dimension: columns.count)
          part.assign(
            points, range, columns, centres,
            clusters: UnsafeMutableBufferPointer(rebasing: clusters[range]),
            distances: UnsafeMutableBufferPointer(rebasing: distances[range]))
          return part
        }
      }
    }
    for part in parts { totals.add(part) }
    loss = totals.loss / Double(max(1, points.rows))
  }

  /// The next centres: the means of the clusters, and random points for clusters without points.
  func moved(
    _ centres: Matrix, over points: Matrix, columns: Range<Int>,
    using generator: inout SeededGenerator
  ) -> Matrix {
    var centres = centres
    for cluster in 0..<centres.rows where totals.counts[cluster] > 0 {
      for column in 0..<columns.count {
        centres[cluster, column] = Float(
          totals.sums[cluster * columns.count + column] / Double(totals.counts[cluster]))
      }
    }
    let empty = (0..<centres.rows).filter { totals.counts[$0] == 0 }
    for (cluster, point) in zip(empty, distances.drawn(empty.count, using: &generator)) {
      for column in 0..<columns.count {
        centres[cluster, column] = points[point, columns.lowerBound + column]
      }
    }
    return centres
  }
}

extension [Float] {
  /// Positions drawn in proportion to the elements, which are squared distances; none if all are 0.
  func drawn(_ count: Int, using generator: inout SeededGenerator) -> [Int] {
    guard count > 0 else { return [] }
    let total = reduce(0) { $0 + Double($1) }
    guard total > 0 else { return [] }
    let heights = (0..<count).map { _ in generator.uniform() * total }.sorted()
    var points: [Int] = []
    var (point, sum) = (0, Double(self[0]))
    for height in heights {
      while sum <= height, point + 1 < self.count {
        point += 1
        sum += Double(self[point])
      }
      points.append(point)
    }
    return points
  }
}
