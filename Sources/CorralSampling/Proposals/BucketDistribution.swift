import CorralData
import CorralIndex
import CorralVectors
import Foundation

/// The distribution of one query over the buckets of a multi-index.
///
/// The same memory is used for one query after another.
struct BucketDistribution {
  private let sampler: MultiIndexSampler
  private let clusters: Int
  private let offsets: [Int]
  /// The query, divided by the temperature, and the scores of the centres of each half.
  private var scaled: [Float]
  private var left: [Float]
  private var right: [Float]
  /// `e^(r1 - max r1)`.
  private var powers: [Float]
  private var psi: [Float]
  /// The sums of `e^(r0 - max r0) psi` up to each cluster of the first half.
  private var sums: [Double]
  /// The sums of the buckets' probabilities up to each; empty unless all buckets share an exponent.
  private var bucketSums: [Double] = []
  /// `log Z`.
  private(set) var logNormalizer = 0.0

  init(_ sampler: MultiIndexSampler) {
    self.sampler = sampler
    clusters = sampler.index.settings.clusters
    offsets = sampler.index.buckets.members.offsets
    left = [Float](repeating: 0, count: clusters)
    scaled = [Float](repeating: 0, count: sampler.index.dimension)
    right = left
    powers = left
    psi = left
    sums = [Double](repeating: 0, count: clusters)
  }

  /// Scores the centres for a query, and sums the buckets' weights.
  mutating func prepare(_ query: ArraySlice<Float>) {
    for position in query.indices {
      scaled[position - query.startIndex] = query[position] / sampler.temperature
    }
    let centres = (sampler.index.first.centres, sampler.index.second.centres)
    scaled.withUnsafeBufferPointer { scaled in
      let halves = (
        UnsafeBufferPointer(rebasing: scaled[..<centres.0.columns]),
        UnsafeBufferPointer(rebasing: scaled[centres.0.columns...])
      )
      left.withUnsafeMutableBufferPointer {
        centres.0.innerProducts(of: 0..<clusters, with: halves.0, into: $0)
      }
      right.withUnsafeMutableBufferPointer {
        centres.1.innerProducts(of: 0..<clusters, with: halves.1, into: $0)
      }
    }
    let (leftMost, rightMost) = (left.max() ?? 0, right.max() ?? 0)
    for cluster in 0..<clusters { powers[cluster] = exp(right[cluster] - rightMost) }
    powers.withUnsafeBufferPointer { powers in
      psi.withUnsafeMutableBufferPointer {
        sampler.sizes.innerProducts(of: 0..<clusters, with: powers, into: $0)
      }
    }
    var total = 0.0
    for cluster in 0..<clusters {
      total += Double(exp(left[cluster] - leftMost)) * Double(psi[cluster])
      sums[cluster] = total
    }
    bucketSums.removeAll(keepingCapacity: true)
    logNormalizer = Double(leftMost) + Double(rightMost) + log(total)
    // The best centres of both halves may meet in an empty bucket, and all others be so far below that
    // their powers underflow.
    if !(total > 1e-20) { sumBuckets() }
  }

  /// The same distribution, computed with one exponent for all buckets that have items.
  private mutating func sumBuckets() {
    let sizes = sampler.sizes.values
    var most = -Double.infinity
    for bucket in sizes.indices where sizes[bucket] > 0 {
      most = max(most, score(bucket))
    }
    guard most.isFinite else {
      fatalError("sampling: the scores of a query with the centres of clusters are not finite")
    }
    var total = 0.0
    for bucket in sizes.indices {
      let size = Double(sizes[bucket])
      if size > 0 { total += size * exp(score(bucket) - most) }
      bucketSums.append(total)
    }
    logNormalizer = most + log(total)
  }

  private func score(_ bucket: Int) -> Double {
    Double(left[bucket / clusters]) + Double(right[bucket % clusters])
  }

  /// Draws one item, as its position among the items of all buckets.
  ///
  /// Looking up the items of many draws together hides the latency of memory.
  func draw(using rng: inout SeededGenerator) -> (position: Int, logProbability: Float) {
    let bucket = drawBucket(using: &rng)
    let start = offsets[bucket]
    return (
      start + rng.next(below: offsets[bucket + 1] - start),
      Float(min(0, score(bucket) - logNormalizer))
    )
  }

  private func drawBucket(using rng: inout SeededGenerator) -> Int {
    if !bucketSums.isEmpty {
      return bucketSums.firstAbove(rng.uniform() * (bucketSums.last ?? 0))
    }
    let row = sums.firstAbove(rng.uniform() * (sums.last ?? 0))
    let height = rng.uniform()
    return sampler.sizes.values.withUnsafeBufferPointer { sizes in
      powers.withUnsafeBufferPointer { powers in
        let start = row * clusters
        var total = 0.0
        for cluster in 0..<clusters { total += Double(sizes[start + cluster] * powers[cluster]) }
        // Rounding may leave the height above the last sum; the last bucket with weight is drawn then.
        var (sum, drawn) = (0.0, start)
        for cluster in 0..<clusters {
          let weight = Double(sizes[start + cluster] * powers[cluster])
          guard weight > 0 else { continue }
          drawn = start + cluster
          sum += weight
          if height * total < sum { break }
        }
        return drawn
      }
    }
  }

  /// `log q~` of an item, or `log Q^`.
  func logWeight(of item: Int, normalised: Bool) -> Float {
    let index = sampler.index
    let score =
      Double(left[Int(index.first.clusters[item])])
      + Double(right[Int(index.second.clusters[item])])
    // Rounding may leave the logarithm of a probability of 1 above 0.
    return Float(normalised ? min(0, score - logNormalizer) : score)
  }
}

extension [Double] {
  /// The first position whose sum is above a height, in sums that never fall.
  ///
  /// If there is none, the last position whose sum is above the one before.
  func firstAbove(_ height: Double) -> Int {
    let first = partitioningIndex { $0 > height }
    if first < count { return first }
    var last = count - 1
    while last > 0, self[last - 1] == self[last] { last -= 1 }
    return last
  }
}
