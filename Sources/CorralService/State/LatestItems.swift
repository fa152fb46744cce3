import CorralVectors
import Foundation

/// Items in the order of their publication, the last one first.
///
/// Items with a time of publication come before those without one; of those without one, the item
/// that became known last comes first. A change moves some thousand entries at most, and one of
/// some thousand changes moves all.
struct LatestItems: Sendable {
  private struct Entry: Sendable {
    let time: Double
    let key: LiveKey

    /// Whether the entry comes before another one.
    func precedes(_ other: Entry) -> Bool { (other.time, other.key) < (time, key) }
  }

  /// The most entries that are not merged with the others.
  private static let mostFresh = 4096

  /// The time of each item that has one; entries that say something else are out of date.
  private var times: [LiveKey: Double] = [:]
  /// Entries in their order, and those that came since, in their order too.
  private var settled: [Entry] = []
  private var fresh: [Entry] = []

  /// Says when an item was published; `nil` for an item without a time.
  mutating func set(_ key: LiveKey, publishedAt date: Date?) {
    let time = date?.timeIntervalSince1970
    guard times[key] != time else { return }
    times[key] = time
    guard let time else { return }
    let entry = Entry(time: time, key: key)
    fresh.insert(entry, at: fresh.partitioningIndex { !$0.precedes(entry) })
    if fresh.count > Self.mostFresh { settle() }
  }

  /// Merges all entries, without those that are out of date.
  private mutating func settle() {
    var merged: [Entry] = []
    merged.reserveCapacity(times.count)
    forEach { entry in
      merged.append(entry)
      return true
    }
    settled = merged
    fresh = []
  }

  /// Calls `body` with each item that has a time, in order, until it returns false.
  private func forEach(_ body: (Entry) -> Bool) {
    var (old, new) = (0, 0)
    var last: LiveKey?
    while old < settled.count || new < fresh.count {
      let entry: Entry
      if new == fresh.count || (old < settled.count && settled[old].precedes(fresh[new])) {
        entry = settled[old]
        old += 1
      } else {
        entry = fresh[new]
        new += 1
      }
      // A time that was taken back and given again has two entries, one after the other.
      guard times[entry.key] == entry.time, entry.key != last else { continue }
      last = entry.key
      if !body(entry) { return }
    }
  }

  /// The first allowed items; looks no further than it must.
  ///
  /// - Parameters:
  ///   - count: how many items to find at most.
  ///   - known: the number of known items: their keys are the numbers below it.
  ///   - isAllowed: whether an item may be found.
  /// - Returns: the items, the last one published first.
  func best(_ count: Int, of known: Int, where isAllowed: (LiveKey) -> Bool) -> [LiveKey] {
    if count < 1 { return [] }
    var best: [LiveKey] = []
    forEach { entry in
      if isAllowed(entry.key) { best.append(entry.key) }
      return best.count < count
    }
    for number in stride(from: known - 1, through: 0, by: -1) {
      if best.count >= count { break }
      let key = LiveKey(number)
      if times[key] == nil, isAllowed(key) { best.append(key) }
    }
    return best
  }
}
