import CKernels
import CorralVectors

/// Sums over the points that were assigned to each cluster.
struct ClusterTotals: Sendable {
  /// The sum of the points of each cluster, `[clusters, dimension]`.
  private(set) var sums: [Double]
  /// The number of points of each cluster.
  private(set) var counts: [Int64]
  /// The sum of the squared distances of points to their centres.
  private(set) var loss = 0.0

  init(clusters: Int, dimension: Int) {
    sums = [Double](repeating: 0, count: clusters * dimension)
    counts = [Int64](repeating: 0, count: clusters)
  }

  /// Assigns rows of a matrix to their nearest centres by a range of columns, and adds them to the sums.
  ///
  /// Writes the cluster and the squared distance of each row.
  mutating func assign(
    _ points: Matrix, _ rows: Range<Int>, _ columns: Range<Int>, _ centres: Matrix,
    clusters: UnsafeMutableBufferPointer<Int32>, distances: UnsafeMutableBufferPointer<Float>
  ) {
    guard let clusters = clusters.baseAddress, let distances = distances.baseAddress,
      !columns.isEmpty
    else { return }
    let done = points.values.withUnsafeBufferPointer { values in
      centres.values.withUnsafeBufferPointer { centreValues in
        sums.withUnsafeMutableBufferPointer { sums in
          counts.withUnsafeMutableBufferPointer { counts in
            guard let first = values.baseAddress, let centre = centreValues.baseAddress,
              let sum = sums.baseAddress, let count = counts.baseAddress
            else { return true }
            var assignment = ck_assignment(
              points: first + rows.lowerBound * points.columns + columns.lowerBound,
              point_count: Int64(rows.count), stride: Int64(points.columns),
              dimension: Int64(columns.count), centres: centre,
              centre_count: Int64(centres.rows), clusters: clusters, distances: distances,
              sums: sum, counts: count)
            return ck_assign(ck_active_level(), &assignment)
          }
        }
      }
    }
    if !done { fatalError("k-means: no memory for \(centres.rows) centres") }
    for row in 0..<rows.count { loss += Double(distances[row]) }
  }

  /// Adds the sums over other points.
  mutating func add(_ other: ClusterTotals) {
    for position in sums.indices { sums[position] += other.sums[position] }
    for cluster in counts.indices { counts[cluster] += other.counts[cluster] }
    loss += other.loss
  }
}
