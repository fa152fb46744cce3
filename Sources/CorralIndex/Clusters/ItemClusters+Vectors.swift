package import CorralData
package import CorralVectors

extension ItemClusters {
  /// Clusters items by their vectors: k-means on unit vectors, the best of several starts.
  ///
  /// Clusters with fewer than `smallest` items become part of the cluster with the nearest centre,
  /// the smallest first. Items that are not placed, or whose vector is zero, have no say: they go to
  /// the nearest centre, or to the largest cluster for a vector of zeros.
  ///
  /// - Parameters:
  ///   - vectors: the items' vectors, one a row.
  ///   - placed: the items whose vectors mean something.
  ///   - count: how many clusters to look for.
  ///   - smallest: the fewest items of a cluster.
  ///   - restarts: how many starts of k-means; the one with the lowest loss is taken.
  ///   - origin: one line that says what the vectors are.
  ///   - seed: draws the starts.
  ///   - threads: how many threads share the work; the clusters do not depend on it.
  /// - Throws: `IndexError` for vectors that are not finite, `SettingError` for a count out of range.
  package init(
    vectors: Matrix, placed: PlacedItems = .all, count: Int, smallest: Int = 1, restarts: Int = 10,
    origin: String, seed: UInt64 = 1, threads: Int = Parallel.threads
  ) throws {
    try SettingError.check("count", count, atLeast: 1)
    try SettingError.check("restarts", restarts, atLeast: 1)
    try IndexError.checkFinite(vectors)
    let unit = vectors.unitRows
    let isZero = (0..<unit.rows).map { unit[$0].allSatisfy { $0 == 0 } }
    let points = (0..<unit.rows).filter { !isZero[$0] && placed.contains(ItemIndex($0)) }
    let best = Self.best(
      of: restarts, unit.gathered(points), count: count, seed: seed, threads: threads)
    var clusters = MergedClusters(unit, points: points, of: best)
    clusters.merge(smallest: max(1, smallest))
    let centres = clusters.centres
    let largest = clusters.largest
    let step = KMeansStep(unit, columns: 0..<unit.columns, centres: centres, threads: threads)
    var found = zip(isZero, step.clusters).map { $0 ? Int32(largest) : $1 }
    for (point, cluster) in zip(points, clusters.clusters) { found[point] = Int32(cluster) }
    self.init(
      partition: Partition(clusters: found, count: centres.rows), names: [], vectors: unit,
      centres: centres, origin: origin, merged: count - centres.rows)
  }

  private static func best(
    of restarts: Int, _ points: Matrix, count: Int, seed: UInt64, threads: Int
  ) -> KMeans {
    let first = KMeans(
      points, clusters: count, iterations: 50, seed: seed, start: .plusPlus, threads: threads)
    return (1..<restarts).reduce(first) { best, restart in
      let next = KMeans(
        points, clusters: count, iterations: 50, seed: mixed(seed, stream: UInt64(restart)),
        start: .plusPlus, threads: threads)
      return next.losses.last ?? 0 < best.losses.last ?? 0 ? next : best
    }
  }
}

/// Clusters of points while small ones become part of others.
private struct MergedClusters {
  /// The cluster of each point.
  private(set) var clusters: [Int]
  private var sizes: [Int]
  // The sums of the points; sums of unit vectors in 64 bits.
  private var sums: [[Double]]

  init(_ vectors: Matrix, points: [Int], of found: KMeans) {
    clusters = found.clusters.map(Int.init)
    sizes = [Int](repeating: 0, count: found.centres.rows)
    sums = sizes.map { _ in [Double](repeating: 0, count: vectors.columns) }
    for (point, cluster) in zip(points, clusters) {
      sizes[cluster] += 1
      for (column, element) in vectors[point].enumerated() {
        sums[cluster][column] += Double(element)
      }
    }
  }

  /// The means of the clusters, `[clusters, dimension]`.
  var centres: Matrix {
    Matrix(rows: sizes.count, columns: sums[0].count, values: sizes.indices.flatMap(mean))
  }

  /// The cluster with the most points, the first of equals.
  var largest: Int { sizes.indices.max { (sizes[$0], $1) < (sizes[$1], $0) } ?? 0 }

  private func mean(_ cluster: Int) -> [Float] {
    sums[cluster].map { Float($0 / Double(max(1, sizes[cluster]))) }
  }

  /// Merges the smallest cluster into the one with the nearest centre until none is too small.
  mutating func merge(smallest: Int) {
    while sizes.count > 1, let least = sizes.indices.min(by: { sizes[$0] < sizes[$1] }),
      sizes[least] < smallest
    {
      let centre = mean(least)
      // Empty clusters have no centre: they are nowhere near.
      let others = sizes.indices.filter { $0 != least && sizes[$0] > 0 }
      let distances = others.map { mean($0).squaredDistance(to: centre) }
      let nearest = distances.indices.min { distances[$0] < distances[$1] }.map { others[$0] }
      remove(least, into: nearest ?? (least == 0 ? 1 : 0))
    }
  }

  private mutating func remove(_ cluster: Int, into other: Int) {
    sizes[other] += sizes[cluster]
    for column in sums[other].indices { sums[other][column] += sums[cluster][column] }
    sizes.remove(at: cluster)
    sums.remove(at: cluster)
    let target = other > cluster ? other - 1 : other
    for point in clusters.indices where clusters[point] >= cluster {
      clusters[point] = clusters[point] == cluster ? target : clusters[point] - 1
    }
  }
}

extension Matrix {
  /// The rows with a length of 1; rows of zeros stay.
  ///
  /// Lengths are computed in 64 bits, so that no square overflows.
  var unitRows: Matrix {
    var unit = self
    Parallel.forEachRows(of: &unit.values, width: columns, grain: 1 << 12) { range, elements in
      for row in 0..<range.count {
        let own = row * columns..<(row + 1) * columns
        let length = elements[own].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard length > 0 else { continue }
        for position in own { elements[position] = Float(Double(elements[position]) / length) }
      }
    }
    return unit
  }
}
