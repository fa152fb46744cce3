import CorralVectors
import Foundation

/// Items in the order of their publication, the last one first.
///
/// Items with a time of publication come before those without one; of those without one, the item
/// that became known last comes first.
struct LatestItems: Sendable {
  private struct Entry: Sendable {
    let key: LiveKey
    let time: Double
  }

  /// The items with a time, in order of falling time.
  private var dated: [Entry] = []
  private var times: [LiveKey: Double] = [:]

  /// Says when an item was published; `nil` for an item without a time.
  mutating func set(_ key: LiveKey, publishedAt date: Date?) {
    let time = date?.timeIntervalSince1970
    guard times[key] != time else { return }
    if let old = times[key] { dated.remove(at: place(key, old)) }
    times[key] = time
    if let time { dated.insert(Entry(key: key, time: time), at: place(key, time)) }
  }

  /// The first entry that does not come before an item with a time.
  private func place(_ key: LiveKey, _ time: Double) -> Int {
    dated.partitioningIndex { ($0.time, $0.key) <= (time, key) }
  }

  /// The first allowed items; looks no further than it must.
  ///
  /// - Parameters:
  ///   - count: how many items to find at most.
  ///   - known: the number of known items: their keys are the numbers below it.
  ///   - isAllowed: whether an item may be found.
  /// - Returns: the items, the last one published first.
  func best(_ count: Int, of known: Int, where isAllowed: (LiveKey) -> Bool) -> [LiveKey] {
    var best: [LiveKey] = []
    for entry in dated {
      if best.count >= count { return best }
      if isAllowed(entry.key) { best.append(entry.key) }
    }
    for number in stride(from: known - 1, through: 0, by: -1) {
      if best.count >= count { break }
      let key = LiveKey(number)
      if times[key] == nil, isAllowed(key) { best.append(key) }
    }
    return best
  }
}
