/// Requests by their deadlines, the earliest first: a binary heap.
///
/// Requests that are answered stay until their deadline, or until `removeAll` clears them.
package struct DeadlineHeap: Sendable {
  private struct Entry {
    let time: Int
    let id: UInt64
  }

  private var entries: [Entry] = []

  /// A heap of no request.
  package init() {}

  /// How many requests are in the heap.
  package var count: Int { entries.count }

  /// The earliest deadline; `nil` without any.
  package var first: Int? { entries.first?.time }

  /// Adds a request; O(log count), and O(1) for deadlines that come in their order.
  package mutating func insert(_ id: UInt64, at time: Int) {
    let entry = Entry(time: time, id: id)
    entries.append(entry)
    var hole = entries.count - 1
    while hole > 0, time < entries[(hole - 1) / 2].time {
      entries[hole] = entries[(hole - 1) / 2]
      hole = (hole - 1) / 2
    }
    entries[hole] = entry
  }

  /// Removes the request with the earliest deadline if that is not after `now`; O(log count).
  package mutating func removeFirst(until now: Int) -> UInt64? {
    guard let first = entries.first, first.time <= now else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty { sink(last, from: 0) }
    return first.id
  }

  /// Removes the requests that a condition names; O(count).
  package mutating func removeAll(where isGone: (UInt64) -> Bool) {
    entries.removeAll { isGone($0.id) }
    for place in stride(from: entries.count / 2 - 1, through: 0, by: -1) {
      sink(entries[place], from: place)
    }
  }

  private mutating func sink(_ entry: Entry, from place: Int) {
    var hole = place
    while true {
      var child = 2 * hole + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, entries[child + 1].time < entries[child].time { child += 1 }
      guard entries[child].time < entry.time else { break }
      entries[hole] = entries[child]
      hole = child
    }
    entries[hole] = entry
  }
}
