import CorralVectors
import Foundation

/// Resamples users with replacement, to estimate how a mean over users varies.
///
/// All metrics of a resample use the same draw. More than `largestCount` users are dealt at random
/// into that many groups, and groups are drawn. The interval has the same width, because the spread
/// of n means of disjoint groups estimates the variance of the grand mean without bias, and the
/// cost is bounded. Resample r uses stream r of the seed, so that the result does not depend on the
/// number of threads.
package struct Bootstrap {
  /// The number of users above which groups are drawn.
  package static let largestCount = 16_384

  /// The number of metrics.
  private let width: Int
  /// The sum of each metric over the users of a group, and their number: `[groups, width + 1]`.
  private let table: [Double]
  private let groups: Int
  private let seed: UInt64

  /// Prepares values `[users, width]`, row after row.
  package init(values: [Double], width: Int, seed: UInt64) {
    let users = values.count / max(1, width)
    let groups = min(users, Self.largestCount)
    let stride = width + 1
    var order = Array(0..<users)
    if users > groups {
      var generator = SeededGenerator(seed: seed, stream: .max)
      order.shuffle(using: &generator)
    }
    var table = [Double](repeating: 0, count: groups * stride)
    for (place, user) in order.enumerated() {
      let row = (place % max(1, groups)) * stride
      for column in 0..<width { table[row + column] += values[user * width + column] }
      table[row + width] += 1
    }
    self.width = width
    self.table = table
    self.groups = groups
    self.seed = seed
  }

  /// Returns the means of every resample, `[resamples, width]`.
  func means(resamples: Int) -> [Double] {
    var means = [Double](repeating: 0, count: resamples * width)
    Parallel.forEachRows(of: &means, width: width, grain: 16) { [self] range, means in
      var counts = [UInt16](repeating: 0, count: groups)
      var sums = [Double](repeating: 0, count: width + 1)
      for (row, resample) in range.enumerated() {
        draw(resample, into: &counts)
        sum(counts, into: &sums)
        for column in 0..<width { means[row * width + column] = sums[column] / sums[width] }
      }
    }
    return means
  }

  /// Returns means in which the sign of each group's values is flipped with probability one half,
  /// `[resamples, width]`.
  ///
  /// This is the null hypothesis of the randomisation test: it does not matter which model is
  /// which.
  func signFlippedMeans(resamples: Int) -> [Double] {
    var means = [Double](repeating: 0, count: resamples * width)
    Parallel.forEachRows(of: &means, width: width, grain: 16) { [self] range, means in
      var sums = [Double](repeating: 0, count: width)
      for (row, resample) in range.enumerated() {
        var generator = SeededGenerator(seed: seed ^ 0x5167, stream: UInt64(resample))
        flip(using: &generator, into: &sums)
        for column in 0..<width { means[row * width + column] = sums[column] / total }
      }
    }
    return means
  }

  /// The number of users in all groups.
  private var total: Double {
    stride(from: width, to: table.count, by: width + 1).reduce(0) { $0 + table[$1] }
  }

  private func draw(_ resample: Int, into counts: inout [UInt16]) {
    var generator = SeededGenerator(seed: seed, stream: UInt64(resample))
    counts.withUnsafeMutableBufferPointer { counts in
      counts.update(repeating: 0)
      let bound = UInt64(counts.count)
      var drawn = 0
      while drawn < counts.count {
        // Each number gives two draws of 32 bits. With a bound of 14 bits their bias is below 4e-6.
        let bits = generator.next()
        counts[Int(truncatingIfNeeded: ((bits >> 32) &* bound) >> 32)] &+= 1
        drawn += 1
        if drawn < counts.count {
          counts[Int(truncatingIfNeeded: ((bits & 0xFFFF_FFFF) &* bound) >> 32)] &+= 1
          drawn += 1
        }
      }
    }
  }

  private func sum(_ counts: [UInt16], into sums: inout [Double]) {
    table.withUnsafeBufferPointer { table in
      sums.withUnsafeMutableBufferPointer { sums in
        sums.update(repeating: 0)
        for group in counts.indices where counts[group] > 0 {
          let weight = Double(counts[group])
          let row = group * sums.count
          for column in 0..<sums.count { sums[column] += weight * table[row + column] }
        }
      }
    }
  }

  private func flip(using generator: inout SeededGenerator, into sums: inout [Double]) {
    table.withUnsafeBufferPointer { table in
      sums.withUnsafeMutableBufferPointer { sums in
        sums.update(repeating: 0)
        var bits: UInt64 = 0
        for group in 0..<groups {
          if group % 64 == 0 { bits = generator.next() }
          let sign: Double = bits & 1 == 0 ? 1 : -1
          bits >>= 1
          let row = group * (width + 1)
          for column in 0..<width { sums[column] += sign * table[row + column] }
        }
      }
    }
  }
}

extension Bootstrap {
  /// Returns the middle 95% of each metric over the resamples, `[width]`; empty without resamples.
  package func intervals(resamples: Int) -> [(low: Double, high: Double)] {
    if resamples == 0 || groups == 0 { return [] }
    let means = means(resamples: resamples)
    return (0..<width).map { column in
      let sorted = (0..<resamples).map { means[$0 * width + column] }.sorted()
      return (Self.quantile(0.025, of: sorted), Self.quantile(0.975, of: sorted))
    }
  }

  /// Returns a quantile of sorted numbers by linear interpolation (type 7 of Hyndman and Fan).
  static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
  }
}

/// A mean over users with its confidence interval.
public struct Interval: Sendable, Hashable, Codable {
  /// The mean.
  public let mean: Double
  /// The lower end of the 95% interval; the mean if there is no interval.
  public let low: Double
  /// The upper end of the 95% interval; the mean if there is no interval.
  public let high: Double

  /// Creates a mean with its interval; without ends it has none.
  package init(mean: Double, low: Double? = nil, high: Double? = nil) {
    self.mean = mean
    self.low = low ?? mean
    self.high = high ?? mean
  }
}
