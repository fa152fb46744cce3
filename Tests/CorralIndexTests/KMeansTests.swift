import CorralData
import CorralIndex
import CorralTesting
import CorralVectors
import Testing

struct KMeansTests {
  /// The mean squared distance of points to the centres of their clusters, by its definition.
  static func loss(_ points: Matrix, _ found: KMeans) -> Double {
    (0..<points.rows).reduce(0) { sum, row in
      sum
        + zip(points[row], found.centres[Int(found.clusters[row])]).reduce(0) {
          $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
        }
    } / Double(points.rows)
  }

  @Test(arguments: [1, 7, 40])
  func `the loss never rises, and is that of the clusters`(clusters: Int) {
    let points = normalNumbers(rows: 1000, columns: 5)
    let found = KMeans(points, clusters: clusters, tolerance: -1)
    #expect(found.losses.count == 31)
    for (before, after) in zip(found.losses, found.losses.dropFirst()) {
      #expect(after <= before * (1 + 1e-6))
    }
    #expect(abs((found.losses.last ?? 0) - Self.loss(points, found)) < 1e-5)
    // Every point is in the cluster of its nearest centre.
    for row in 0..<points.rows {
      let distances = (0..<clusters).map { cluster in
        zip(points[row], found.centres[cluster]).reduce(0) {
          $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
      }
      #expect(distances[Int(found.clusters[row])] <= (distances.min() ?? 0) + 1e-4)
    }
  }

  @Test func `a tolerance stops it early, near where it would have ended`() {
    let points = HNSWIndexTests.clusters(rows: 2000, columns: 6)
    let long = KMeans(points, clusters: 20, iterations: 200, tolerance: 0).losses
    let short = KMeans(points, clusters: 20, iterations: 200, tolerance: 1e-2).losses
    #expect(short.count < long.count && short[...] == long[..<short.count])
    #expect(KMeans(points, clusters: 20, iterations: 3, tolerance: -1).losses.count == 4)
    #expect(KMeans(points, clusters: 20, iterations: 0).losses.count == 1)
  }

  @Test func `a warm start is never worse at its first step than where it came from`() {
    let before = normalNumbers(rows: 800, columns: 6)
    let found = KMeans(before, clusters: 16, iterations: 4)
    // The same points: it carries on where the other stopped.
    let same = KMeans(before, clusters: 16, startingFrom: found.centres)
    #expect(same.losses[0] == found.losses.last)
    // Points that moved: no worse than the old centres with the old clusters, and far ahead of a
    // cold start.
    var after = before
    let noise = normalNumbers(rows: 800, columns: 6, seed: 2)
    for position in after.values.indices { after.values[position] += 0.05 * noise.values[position] }
    let warm = KMeans(after, clusters: 16, startingFrom: found.centres)
    #expect(warm.losses[0] <= Self.loss(after, found))
    #expect(warm.losses[0] < KMeans(after, clusters: 16, seed: 3).losses[0])
    // Centres of another shape do not fit and are not used.
    let cold = KMeans(after, clusters: 16, seed: 9)
    let other = KMeans(after, clusters: 16, seed: 9, startingFrom: Matrix(rows: 15, columns: 6))
    #expect(other.losses == cold.losses)
  }

  @Test(arguments: [6, 9, 30])
  func `as many clusters as different points end without a loss`(clusters: Int) {
    let different = normalNumbers(rows: 6, columns: 4)
    let points = different.gathered((0..<300).map { $0 % 6 })
    let found = KMeans(points, clusters: clusters)
    #expect(found.losses.last == 0)
    #expect(Set(found.clusters).count == 6)
  }

  @Test func `dead centres are put where points are far from theirs`() {
    // All start on one point; the others are found by reseeding.
    var points = normalNumbers(rows: 400, columns: 3)
    for row in 0..<200 { points[row, 0] += 100 }
    let start = Matrix(rows: 8, columns: 3, values: (0..<8).flatMap { _ in points[0] })
    let found = KMeans(points, clusters: 8, startingFrom: start)
    #expect(Set(found.clusters).count == 8)
    #expect((found.losses.last ?? 0) < 0.2 * (KMeans(points, clusters: 1).losses.last ?? 0))
  }

  @Test func `clusters depend neither on threads nor on luck`() {
    let points = normalNumbers(rows: 20_000, columns: 4)
    func found(seed: UInt64, threads: Int) -> KMeans {
      KMeans(points, clusters: 9, iterations: 4, seed: seed, threads: threads)
    }
    let one = found(seed: 5, threads: 1)
    let three = found(seed: 5, threads: 3)
    #expect(one.centres == three.centres && one.clusters == three.clusters)
    #expect(one.losses == three.losses)
    #expect(found(seed: 6, threads: 1).centres != one.centres)
  }

  @Test func `k-means++ starts with one point of every group that is far from others`() {
    // Ten groups of very different sizes, far apart: any other start misses some.
    var generator = SeededGenerator(seed: 3)
    let groups = (0..<600).map { $0 < 10 ? $0 : generator.next(below: 2) }
    var points = normalNumbers(rows: 600, columns: 10)
    for (row, group) in groups.enumerated() { points[row, group] += 1000 }
    for seed in 1...10 {
      let spread = KMeans(
        points, clusters: 10, iterations: 0, seed: UInt64(seed), start: .plusPlus)
      #expect((spread.losses.last ?? 0) < 100)
      let uniform = KMeans(points, clusters: 10, iterations: 0, seed: UInt64(seed))
      #expect((uniform.losses.last ?? 0) > 1000)
    }
  }

  @Test func `k-means++ depends on the seed alone, and may run out of different points`() {
    let points = normalNumbers(rows: 20_000, columns: 4)
    func found(_ seed: UInt64, _ threads: Int) -> KMeans {
      KMeans(
        points, columns: 1..<4, clusters: 9, iterations: 3, seed: seed, start: .plusPlus,
        threads: threads)
    }
    #expect(found(5, 1).centres == found(5, 3).centres)
    #expect(found(5, 1).centres != found(6, 1).centres)
    let few = points.gathered((0..<50).map { $0 % 3 })
    let three = KMeans(few, clusters: 7, start: .plusPlus)
    #expect(three.losses.last == 0 && Set(three.clusters).count == 3)
    #expect(
      KMeans(Matrix(rows: 0, columns: 3), clusters: 4, start: .plusPlus).clusters.isEmpty)
  }

  @Test func `no points and no columns are no trouble`() {
    #expect(KMeans(Matrix(rows: 0, columns: 3), clusters: 4).clusters.isEmpty)
    let flat = KMeans(Matrix(rows: 5, columns: 0), clusters: 4)
    #expect(flat.clusters == [0, 0, 0, 0, 0] && flat.losses.last == 0)
  }

  @Test func `a partition holds each item once`() async {
    let clusters: [Int32] = (0..<100).map { Int32($0 * 7 % 13) }
    let partition = Partition(clusters: clusters, count: 15)
    #expect(partition.count == 15 && partition.members.checkInvariants())
    #expect(partition.members.values.sorted() == (0..<100).map { ItemIndex($0) })
    for cluster in 0..<15 {
      #expect(partition.members[cluster].allSatisfy { clusters[$0.position] == cluster })
      #expect(Array(partition.members[cluster]) == partition.members[cluster].sorted())
    }
    #expect(partition.members[13].isEmpty && partition.members[14].isEmpty)
    await #expect(processExitsWith: .failure) { _ = Partition(clusters: [0, 3], count: 3) }
  }
}
