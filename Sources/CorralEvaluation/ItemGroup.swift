import CorralData

/// How popular an item is in training, in thirds of the interactions rather than of the items.
///
/// Items are taken from the most popular down (equal counts: the lower position first). The head
/// is the smallest set of them with at least a third of all training interactions, the middle the
/// next that brings it to two thirds, the tail the rest that training saw. A list drawn as
/// users chose in training has about a third of each.
package enum ItemGroup: UInt8, Sendable, Codable, CaseIterable {
  /// The few most popular items, with a third of all interactions.
  case head
  /// The next, with about another third.
  case middle
  /// The many others that training saw.
  case tail
  /// Items that training never saw.
  case cold

  /// The group of every item, given how often training saw each of them.
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
