import CorralVectors

/// The training items of each user with a weight above 0.
///
/// If they are known, they are not used as the user's negatives.
package struct KnownItems: Sendable {
  /// The different items of each user, in rising order.
  private let rows: Ragged<ItemIndex>

  /// Collects the items of a split's users; O(n log n) time, 4 bytes per interaction.
  package init(_ split: Split) {
    rows = Ragged(
      (0..<split.training.count).lazy.map { user in
        var items = (split.training.offsets[user]..<split.training.offsets[user + 1]).lazy
          .filter { split.weights[$0] > 0 }.map { split.training.values[$0] }.sorted()
        items.removeRepeats()
        return items
      })
  }

  /// The different items of a user, in rising order; none of an unknown user.
  package func items(of user: UserIndex?) -> ArraySlice<ItemIndex> {
    user.map { rows[$0.position] } ?? []
  }

  /// Tells which items their user is known to like; of an unknown user, none.
  ///
  /// Each user has equally many of the items, one user after the other.
  package func contain(_ items: [ItemIndex], of users: [UserIndex?]) -> [Bool] {
    guard !users.isEmpty, items.count.isMultiple(of: users.count) else {
      fatalError("KnownItems: \(items.count) items are not equally many for \(users.count) users")
    }
    let width = items.count / users.count
    var isKnown = [Bool](repeating: false, count: items.count)
    for (row, user) in users.enumerated() {
      guard let user else { continue }
      let known = rows[user.position]
      for place in row * width..<(row + 1) * width {
        isKnown[place] = known.containsRising(items[place])
      }
    }
    return isKnown
  }
}

extension ArraySlice<ItemIndex> {
  /// Whether an item is among these, which are in rising order; O(log n).
  package func containsRising(_ item: ItemIndex) -> Bool {
    let first = partitioningIndex { $0 >= item }
    return first < endIndex && self[first] == item
  }
}

extension [ItemIndex] {
  /// Leaves one of equal neighbours.
  fileprivate mutating func removeRepeats() {
    var kept = 0
    for place in indices where place == 0 || self[place] != self[kept - 1] {
      self[kept] = self[place]
      kept += 1
    }
    removeLast(count - kept)
  }
}
