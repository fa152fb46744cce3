/// The times at which items appear or expire: a binary heap, the next time first.
///
/// An answer compares one number with the clock; only items whose time has come are looked at.
struct Schedule: Sendable {
  private struct Entry: Sendable {
    let time: Double
    let key: LiveKey
  }

  private var heap: [Entry] = []

  /// How many times are to come; times that an item no longer has stay among them.
  var count: Int { heap.count }

  /// The next time at which something may change; infinity for never.
  var next: Double { heap.first?.time ?? .infinity }

  /// Adds a time of an item.
  mutating func insert(_ time: Double, _ key: LiveKey) {
    heap.append(Entry(time: time, key: key))
    var place = heap.count - 1
    while place > 0, heap[place].time < heap[(place - 1) / 2].time {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Takes out the items whose time has come.
  mutating func due(at now: Double) -> [LiveKey] {
    var due: [LiveKey] = []
    while let first = heap.first, first.time <= now {
      due.append(first.key)
      heap.swapAt(0, heap.count - 1)
      heap.removeLast()
      sink()
    }
    return due
  }

  /// Moves the first entry to its place.
  private mutating func sink() {
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
        if heap[child].time < heap[least].time { least = child }
      }
      if least == place { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}
