import CorralData
import CorralVectors

/// Who and what a stream has met: ids, titles, and what each user did last.
///
/// New users and items get the next positions, in the order in which examples meet them.
struct Population: Sendable, Equatable {
  /// The ids of the users.
  private(set) var users: Vocabulary
  /// The ids of the items.
  private(set) var items: Vocabulary
  /// The title of each item; empty if no item has one.
  private(set) var titles: Texts
  /// The latest items of each user, oldest first, one row each.
  private(set) var recents: [[ItemIndex]]
  /// The most items of a user's history that are kept.
  let longest: Int

  /// The population of a model.
  init(
    users: Vocabulary, items: Vocabulary, titles: Texts, histories: Ragged<ItemIndex>, longest: Int
  ) {
    self.users = users
    self.items = items
    self.titles = titles
    self.longest = longest
    recents = (0..<users.count).map { user in
      user < histories.count ? Array(histories[user].suffix(longest)) : []
    }
  }

  /// The histories that are kept, one row a user.
  var histories: Ragged<ItemIndex> { Ragged(recents) }

  /// The position of a user, who is added if nobody knew them.
  mutating func meet(user id: String) -> (position: UserIndex, isNew: Bool) {
    let position = users.intern(id)
    let isNew = position == recents.count
    if isNew { recents.append([]) }
    return (UserIndex(position), isNew)
  }

  /// The position of an item, which is added if nobody knew it.
  mutating func meet(item id: String, titled title: String?) -> (position: ItemIndex, isNew: Bool) {
    let before = items.count
    let position = items.intern(id)
    let isNew = position == before
    if isNew, !titles.isEmpty {
      var title = title ?? ""
      title.withUTF8 { titles.append($0) }
    }
    return (ItemIndex(position), isNew)
  }

  /// Keeps nothing of some users but the rows that are nobody's now; their positions.
  ///
  /// Costs all users once.
  mutating func forget(_ ids: Set<String>) -> Set<UserIndex> {
    let gone = Set(ids.compactMap { users.exactPosition(of: $0) })
    if gone.isEmpty { return [] }
    var texts = users.ids
    for position in gone {
      texts[position] = Self.nobody(position)
      recents[position] = []
    }
    users = Vocabulary(texts)
    return Set(gone.map { UserIndex($0) })
  }

  /// What stands in the place of a forgotten id; a control character, so that nobody else is called so.
  private static func nobody(_ position: Int) -> String { "\u{1}forgotten \(position)" }

  /// Adds an item to what a user did.
  mutating func add(_ item: ItemIndex, to user: UserIndex) {
    recents[user.position].append(item)
    if recents[user.position].count > longest { recents[user.position].removeFirst() }
  }
}
