import CKernels
import CorralTesting
import CorralVectors
import Testing

struct AssignmentKernelTests {
  @Test(
    arguments: [CK_PLAIN, CK_NEON, CK_AVX2, CK_AVX512].filter(ck_supports), [1, 5, 17, 70])
  func `every level finds the nearest centre`(level: ck_level, centreCount: Int) {
    // Small whole numbers: no sum is rounded, and many centres are as near as others.
    for (dimension, stride) in [(1, 1), (3, 5), (16, 16), (35, 40)] {
      let points = wholeNumbers(rows: 101, columns: stride, below: 9)
      let centres = wholeNumbers(rows: centreCount, columns: dimension, below: 9, seed: 2)
      var clusters = [Int32](repeating: -1, count: 101)
      var distances = [Float](repeating: -1, count: 101)
      var sums = [Double](repeating: 1, count: centreCount * dimension)
      var counts = [Int64](repeating: 1, count: centreCount)
      points.values.withUnsafeBufferPointer { points in
        centres.values.withUnsafeBufferPointer { centres in
          clusters.withUnsafeMutableBufferPointer { clusters in
            distances.withUnsafeMutableBufferPointer { distances in
              sums.withUnsafeMutableBufferPointer { sums in
                counts.withUnsafeMutableBufferPointer { counts in
                  guard let points = points.baseAddress, let centres = centres.baseAddress,
                    let clusters = clusters.baseAddress, let distances = distances.baseAddress,
                    let sums = sums.baseAddress, let counts = counts.baseAddress
                  else { return }
                  var assignment = ck_assignment(
                    points: points, point_count: 101, stride: Int64(stride),
                    dimension: Int64(dimension), centres: centres,
                    centre_count: Int64(centreCount), clusters: clusters, distances: distances,
                    sums: sums, counts: counts)
                  #expect(ck_assign(level, &assignment))
                }
              }
            }
          }
        }
      }
      var expectedSums = [Double](repeating: 1, count: centreCount * dimension)
      var expectedCounts = [Int64](repeating: 1, count: centreCount)
      for row in 0..<101 {
        let point = points[row].prefix(dimension)
        let apart = (0..<centreCount).map { centre in
          zip(point, centres[centre]).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        let nearest = apart.indices.min { (apart[$0], $0) < (apart[$1], $1) } ?? 0
        #expect(clusters[row] == Int32(nearest) && distances[row] == apart[nearest])
        expectedCounts[nearest] += 1
        for (column, element) in point.enumerated() {
          expectedSums[nearest * dimension + column] += Double(element)
        }
      }
      #expect(sums == expectedSums && counts == expectedCounts)
    }
  }
}
