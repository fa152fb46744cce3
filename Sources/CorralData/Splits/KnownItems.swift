import CorralVectors

/// The training items of each user with a weight above 0.
///
/// If they are known, they are not used as the user's negatives.
package struct KnownItems: Sendable {
  /// The items of each user, in rising order.
  private let rows: Ragged<ItemIndex>

  /// Collects the items of a split's users; O(n log n) time, 4 bytes per interaction.
  package init(_ split: Split) {
    rows = Ragged(
      (0..<split.training.count).lazy.map { user in
        (split.training.offsets[user]..<split.training.offsets[user + 1]).lazy
          .filter { split.weights[$0] > 0 }.map { split.training.values[$0] }.sorted()
      })
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
        let first = known.partitioningIndex { $0 >= items[place] }
        isKnown[place] = first < known.endIndex && known[first] == items[place]
      }
    }
    return isKnown
  }
}
