package import CorralData

/// The different items of a list, and how often and where each occurs.
///
/// Costs one look-up in a hash table for each entry of the list, whatever the size of the
/// catalogue.
package struct DistinctItems: Sendable, Equatable {
  /// The different items, in order of first occurrence.
  package let items: [ItemIndex]
  /// How often each of them occurs, at least once.
  package let counts: [Int]
  /// The position in `items` of each entry of the list.
  package let positions: [Int64]

  /// The different items of a list.
  package init(_ occurrences: [ItemIndex]) {
    var items: [ItemIndex] = []
    var counts: [Int] = []
    var slots = 16
    while slots < occurrences.count * 2 { slots *= 2 }
    let mask = slots - 1
    // Each slot of the open-addressing table holds a position in `items`, or -1.
    var table = [Int32](repeating: -1, count: slots)
    positions = [Int64](unsafeUninitializedCapacity: occurrences.count) { positions, filled in
      table.withUnsafeMutableBufferPointer { table in
        for (occurrence, item) in occurrences.enumerated() {
          let hash = UInt64(UInt32(bitPattern: item.rawValue)) &* 0x9E37_79B9_7F4A_7C15
          var slot = Int(truncatingIfNeeded: hash >> 32) & mask
          while table[slot] >= 0, items[Int(table[slot])] != item { slot = (slot + 1) & mask }
          if table[slot] < 0 {
            table[slot] = Int32(items.count)
            items.append(item)
            counts.append(0)
          }
          counts[Int(table[slot])] += 1
          positions[occurrence] = Int64(table[slot])
        }
      }
      filled = occurrences.count
    }
    self.items = items
    self.counts = counts
  }
}
