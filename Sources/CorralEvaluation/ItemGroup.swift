import CorralData

/// The popularity group of an item.
///
/// Groups are thirds of the training interactions, not of the items.
///
/// Items are sorted from the most popular down (equal counts: the lower position first). The head
/// is the smallest first part with at least a third of all training interactions, the middle the
/// next part up to two thirds, and the tail the rest of the items with training interactions. A
/// list that follows the users' choices in training has about a third of each.
package enum ItemGroup: UInt8, Sendable, Codable, CaseIterable {
  /// The few most popular items, with a third of all interactions.
  case head
  /// The next items, with about another third.
  case middle
  /// The many other items with training interactions.
  case tail
  /// Items without training interactions.
  case cold

  /// Returns the group of every item from the training counts.
  package static func groups(counts: [Int]) -> [ItemGroup] {
    var groups = [ItemGroup](repeating: .cold, count: counts.count)
    let seen = counts.indices.filter { counts[$0] > 0 }
    let order = seen.sorted { (counts[$1], $0) < (counts[$0], $1) }
    let total = counts.reduce(0, +)
    var before = 0
    for item in order {
      groups[item] = 3 * before < total ? .head : 3 * before < 2 * total ? .middle : .tail
      before += counts[item]
    }
    return groups
  }
}
