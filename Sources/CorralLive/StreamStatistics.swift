import CorralData
import CorralSampling
import Foundation

/// What the latest examples say of the stream: how popularity moves, and how well it is estimated.
struct StreamStatistics: Sendable, Equatable {
  /// The items of the latest examples, as a ring.
  private(set) var ring: [ItemIndex] = []
  /// The number of examples so far.
  private(set) var count = 0
  private var counts: [ItemIndex: Int] = [:]
  private let window: Int

  /// The statistics of no example.
  init(window: Int) { self.window = window }

  /// Counts items.
  mutating func add(_ items: some Sequence<ItemIndex>) {
    for item in items {
      if ring.count < window {
        ring.append(item)
      } else {
        let old = ring[count % window]
        ring[count % window] = item
        counts[old] = counts[old].flatMap { $0 > 1 ? $0 - 1 : nil }
      }
      counts[item, default: 0] += 1
      count += 1
    }
  }

  /// The total variation distance between the items of the window and those of all times: 0 where nothing
  /// has changed, 1 where all items are others.
  ///
  /// A window is a sample, so that some distance is chance. Takes the catalogue once.
  func popularityShift(counts all: [Int]) -> Double {
    let (total, recent) = (Double(all.reduce(0, +)), Double(ring.count))
    guard total > 0, recent > 0 else { return 0 }
    // The positive part of the differences is half of all of them.
    return counts.sorted { $0.key < $1.key }.reduce(0) { sum, entry in
      sum + max(0, Double(entry.value) / recent - Double(all[entry.key.position]) / total)
    }
  }

  /// The mean of |log(estimate / share in the window)| over the examples of the window; `nil` without an
  /// estimator.
  ///
  /// Items that occur fewer than `fewest` times are left out: their share is chance.
  func estimatorError(
    _ estimator: FrequencyEstimator?, batch: Int, fewest: Int = 10
  ) -> Double? {
    guard let estimator, !ring.isEmpty else { return nil }
    let items = counts.filter { $0.value >= fewest }.sorted { $0.key < $1.key }
    guard !items.isEmpty else { return nil }
    let estimates = estimator.estimate(items.map(\.key))
    var (error, weight) = (0.0, 0.0)
    for ((_, count), estimate) in zip(items, estimates) {
      let share = Double(count) / Double(ring.count)
      error += Double(count) * abs(log(Double(estimate) / Double(batch) / share))
      weight += Double(count)
    }
    return error / weight
  }
}
