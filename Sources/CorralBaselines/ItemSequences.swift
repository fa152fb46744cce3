import CorralData
import CorralVectors
import Foundation

/// The sequences that item2vec learns from, with the order and the subsampling of each pass.
struct ItemSequences: Sendable {
  /// The items of each user, oldest first.
  let items: Ragged<ItemIndex>
  /// The number of interactions of each item.
  let counts: [Int]
  private let settings: Item2VecSettings
  /// The probability that an interaction with an item is kept in a pass.
  private let keep: [Double]

  init(_ items: Ragged<ItemIndex>, itemCount: Int, settings: Item2VecSettings) {
    var counts = [Int](repeating: 0, count: itemCount)
    for item in items.values { counts[item.position] += 1 }
    let threshold = settings.subsample * Double(items.values.count)
    keep = counts.map { count in
      if count < settings.minimumCount { return 0 }
      guard threshold > 0 else { return 1 }
      let excess = Double(count) / threshold
      return min(1, (excess.squareRoot() + 1) / excess)
    }
    self.items = items
    self.counts = counts
    self.settings = settings
  }

  /// Whether training uses the item at all.
  func isKnown(_ item: Int) -> Bool { keep[item] > 0 }

  /// Returns the rows in the order of a pass, each with the share of all interactions that come
  /// before it.
  func order(epoch: Int) -> [(row: Int, share: Double)] {
    var generator = SeededGenerator(seed: settings.seed, stream: Stream.order + UInt64(epoch))
    var before = 0
    return generator.permutation(items.count).map { row in
      defer { before += items[row].count }
      return (row, Double(before) / Double(max(1, items.values.count)))
    }
  }

  /// Returns the generator for the draws of a row, which does not depend on the thread that asks.
  func generator(of row: Int, epoch: Int) -> SeededGenerator {
    SeededGenerator(
      seed: settings.seed, stream: Stream.rows + UInt64(epoch) << 32 + UInt64(row))
  }

  /// Returns the items of a row that are kept in this pass.
  func row(_ row: Int, using generator: inout SeededGenerator) -> [Int32] {
    var kept: [Int32] = []
    kept.reserveCapacity(items[row].count)
    for item in items[row] {
      let share = keep[item.position]
      if share >= 1 || share > 0 && generator.uniform() < share { kept.append(item.rawValue) }
    }
    return kept
  }

  /// The streams of the seed.
  ///
  /// Stream 0 draws the first vectors.
  private enum Stream {
    static let order: UInt64 = 1 << 61
    static let rows: UInt64 = 1 << 62
  }
}
