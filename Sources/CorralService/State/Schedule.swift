import CorralVectors

/// The times at which items appear or expire, in order.
///
/// An answer compares one number with the clock; only items whose time has come are looked at.
struct Schedule: Sendable {
  private struct Entry: Sendable {
    let time: Double
    let key: LiveKey
  }

  /// The times to come, in order of falling time, so that the next one is the last.
  private var entries: [Entry] = []

  /// The next time at which something changes; infinity for never.
  var next: Double { entries.last?.time ?? .infinity }

  /// Adds a time of an item.
  mutating func insert(_ time: Double, _ key: LiveKey) {
    entries.insert(Entry(time: time, key: key), at: place(time, key))
  }

  /// Removes a time of an item, if it is still to come.
  mutating func remove(_ time: Double, _ key: LiveKey) {
    let place = place(time, key)
    guard place < entries.count, entries[place].time == time, entries[place].key == key else {
      return
    }
    entries.remove(at: place)
  }

  /// Takes out the items whose time has come.
  mutating func due(at now: Double) -> [LiveKey] {
    var due: [LiveKey] = []
    while let last = entries.last, last.time <= now {
      due.append(last.key)
      entries.removeLast()
    }
    return due
  }

  private func place(_ time: Double, _ key: LiveKey) -> Int {
    entries.partitioningIndex { ($0.time, $0.key) <= (time, key) }
  }
}
