import CorralVectors

/// Items in the order of how often they were met, kept in order while counts rise.
///
/// A further event moves one item over all items with its count: one binary search.
struct PopularOrder: Sendable {
  /// How often each item was met, by its key.
  private(set) var counts: [Int32] = []
  /// All items in order of falling count.
  private var order: [LiveKey] = []
  /// The place of each item in the order, by its key.
  private var places: [Int32] = []

  /// An order of no items.
  init() {}

  /// An order of counts, in which equal ones are in the order of their keys; sorts once.
  init(counts: [Int32]) {
    self.counts = counts
    order = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }.map(LiveKey.init)
    places = [Int32](repeating: 0, count: counts.count)
    for (place, key) in order.enumerated() { places[key.value] = Int32(place) }
  }

  /// Makes room for keys below a number; new items were never met and come last.
  mutating func grow(to count: Int) {
    while counts.count < count {
      places.append(Int32(order.count))
      order.append(LiveKey(counts.count))
      counts.append(0)
    }
  }

  /// Counts one more event with an item.
  mutating func add(_ key: LiveKey) {
    grow(to: key.value + 1)
    let count = counts[key.value]
    let first = order.partitioningIndex { counts[$0.value] <= count }
    let place = Int(places[key.value])
    let other = order[first]
    order.swapAt(first, place)
    places[key.value] = Int32(first)
    places[other.value] = Int32(place)
    counts[key.value] += 1
  }

  /// Takes back one event with an item.
  mutating func remove(_ key: LiveKey) {
    guard key.value < counts.count, counts[key.value] > 0 else { return }
    let count = counts[key.value]
    let last = order.partitioningIndex { counts[$0.value] < count } - 1
    let place = Int(places[key.value])
    let other = order[last]
    order.swapAt(last, place)
    places[key.value] = Int32(last)
    places[other.value] = Int32(place)
    counts[key.value] -= 1
  }

  /// The first allowed items that were ever met; looks no further than it must.
  func best(_ count: Int, where isAllowed: (LiveKey) -> Bool) -> [LiveKey] {
    var best: [LiveKey] = []
    for key in order {
      if best.count >= count || counts[key.value] == 0 { break }
      if isAllowed(key) { best.append(key) }
    }
    return best
  }

  /// Whether the order is one: counts never rise along it, and places name its entries.
  func checkInvariants() -> Bool {
    zip(order, order.dropFirst()).allSatisfy { counts[$0.value] >= counts[$1.value] }
      && order.indices.allSatisfy { Int(places[order[$0].value]) == $0 }
      && order.count == counts.count
  }
}
