package import CorralData
package import CorralVectors

/// Clusters of points around their means, by Lloyd's algorithm (1957, published 1982).
///
/// `loss = mean_i |x_i - centre(x_i)|^2` never rises from one step to the next. A centre that no
/// point is nearest to is put on a random point, drawn in proportion to squared distances (as
/// k-means++ draws its centres: Arthur and Vassilvitskii, 2007), so that as many clusters as there
/// are different points end with a loss of 0. The same points, settings and seed give the same
/// clusters for any number of threads.
package struct KMeans: Sendable {
  /// The means of the clusters, `[clusters, dimension]`.
  package let centres: Matrix
  /// The cluster of each point: its nearest centre, the first of equally near ones.
  package let clusters: [Int32]
  /// The loss after each assignment of points to centres, the first before any centre moved; empty
  /// for clusters that were read from a file.
  package let losses: [Double]

  /// How the points that centres start from are drawn.
  package enum Start: Sendable {
    /// Different points, all as likely.
    case uniform
    /// Each in proportion to its squared distance from those drawn before: k-means++.
    case plusPlus
  }

  /// Clusters that were found earlier.
  init(centres: Matrix, clusters: [Int32], losses: [Double]) {
    self.centres = centres
    self.clusters = clusters
    self.losses = losses
  }

  /// Finds clusters of the rows of a matrix, which must be finite.
  ///
  /// A step costs one comparison of each point with each centre.
  ///
  /// - Parameters:
  ///   - points: one point a row.
  ///   - columns: the range of columns to cluster by; all columns by default.
  ///   - count: how many clusters; with fewer different points, some stay empty.
  ///   - iterations: the most steps in which the centres move.
  ///   - tolerance: the relative gain of the loss at which to stop; never if negative.
  ///   - seed: draws the points that centres start from.
  ///   - draws: how these points are drawn.
  ///   - start: centres to start from instead, if their shape fits; for the same points, the first
  ///     assignment is at least as good as the one that they come from.
  ///   - threads: how many threads share the work.
  package init(
    _ points: Matrix, columns: Range<Int>? = nil, clusters count: Int, iterations: Int = 30,
    tolerance: Double = 1e-6, seed: UInt64 = 1, start draws: Start = .uniform,
    startingFrom start: Matrix? = nil, threads: Int = Parallel.threads
  ) {
    let columns = columns ?? 0..<points.columns
    guard count > 0, columns.upperBound <= points.columns else {
      fatalError(
        "k-means: \(count) clusters of columns \(columns) of [\(points.rows), \(points.columns)]")
    }
    var generator = SeededGenerator(seed: seed)
    var centres = Matrix(rows: count, columns: columns.count)
    if let start, start.rows == count, start.columns == columns.count {
      centres = start
    } else if points.rows > 0 {
      let chosen =
        switch draws {
        case .uniform: Self.different(count, below: points.rows, using: &generator)
        case .plusPlus:
          Self.spread(count, over: points, columns: columns, threads: threads, using: &generator)
        }
      centres = points.gathered(chosen).columns(columns)
    }
    var losses: [Double] = []
    while true {
      let step = KMeansStep(points, columns: columns, centres: centres, threads: threads)
      let gain = losses.last.map { ($0 - step.loss) > tolerance * $0 } ?? true
      losses.append(step.loss)
      if losses.count > iterations || !gain || points.rows == 0 {
        self.init(centres: centres, clusters: step.clusters, losses: losses)
        return
      }
      centres = step.moved(centres, over: points, columns: columns, using: &generator)
    }
  }

  /// Positions below a bound in random order, each once before any comes again.
  private static func different(
    _ count: Int, below bound: Int, using generator: inout SeededGenerator
  ) -> [Int] {
    var chosen: [Int] = []
    var met: Set<Int> = []
    while chosen.count < count {
      if met.count == bound { met.removeAll() }
      let position = generator.next(below: bound)
      if met.insert(position).inserted { chosen.append(position) }
    }
    return chosen
  }

  /// Points drawn by k-means++.
  ///
  /// The first is any, each other is drawn in proportion to its squared distance to the nearest before
  /// it. Where all distances are 0 it is the first again. Costs one comparison of each point with each
  /// centre, as a step does.
  private static func spread(
    _ count: Int, over points: Matrix, columns: Range<Int>, threads: Int,
    using generator: inout SeededGenerator
  ) -> [Int] {
    var chosen = [generator.next(below: points.rows)]
    var nearest = [Float](repeating: .infinity, count: points.rows)
    while chosen.count < count {
      let newest = points.gathered(chosen.suffix(1)).columns(columns)
      let step = KMeansStep(points, columns: columns, centres: newest, threads: threads)
      for (point, distance) in step.distances.enumerated() {
        nearest[point] = min(nearest[point], distance)
      }
      chosen.append(
        nearest.drawn(1, using: &generator).first ?? chosen[0])
    }
    return chosen
  }
}

extension Partition {
  /// The clusters that k-means found.
  package init(_ found: KMeans) {
    self.init(clusters: found.clusters, count: found.centres.rows)
  }
}
