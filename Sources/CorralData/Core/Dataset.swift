/// A log of interactions with everything that is known about its users and items.
public struct Dataset: Sendable, Equatable {
  /// The name in reports: that of the file or folder the data came from.
  public let name: String
  /// The interactions.
  package let log: InteractionLog
  /// The impressions: items that were shown and not taken, with weight 0.
  ///
  /// `ImpressionUse` says whether they are kept.
  package let impressions: InteractionLog
  /// The identifiers of users.
  public let users: Vocabulary
  /// The identifiers of items.
  public let items: Vocabulary
  /// The number of items with an interaction.
  ///
  /// Items of the item file without any come after them.
  package let interactedItemCount: Int
  /// The features of users, one row each.
  package let userFeatures: FeatureTable
  /// The features of items, one row each.
  package let itemFeatures: FeatureTable
  /// The title of each item, in vocabulary order.
  ///
  /// Empty if no file has titles; an item without a title has an empty text.
  package let titles: [String]
  /// How the interactions of a user are ordered.
  package let order: InteractionOrder
  /// The files that were read.
  package let files: [String]
  /// Where the parts of a data set begin that comes split into files, else `nil`.
  package let fileParts: FileParts?

  /// Creates a data set.
  ///
  /// There must be as many rows of features and titles as users or items. Without
  /// `interactedItemCount` no item is new.
  package init(
    name: String, log: InteractionLog, impressions: InteractionLog? = nil, users: Vocabulary,
    items: Vocabulary, interactedItemCount: Int? = nil,
    userFeatures: FeatureTable? = nil, itemFeatures: FeatureTable? = nil, titles: [String] = [],
    order: InteractionOrder = .automatic, files: [String] = [], fileParts: FileParts? = nil
  ) {
    let userFeatures = userFeatures ?? FeatureTable(count: users.count)
    let itemFeatures = itemFeatures ?? FeatureTable(count: items.count)
    guard userFeatures.count == users.count, itemFeatures.count == items.count,
      titles.isEmpty || titles.count == items.count,
      (0...items.count).contains(interactedItemCount ?? items.count)
    else {
      fatalError(
        "Dataset: \(users.count) users with \(userFeatures.count) feature rows, \(items.count)"
          + " items with \(itemFeatures.count) and \(titles.count) titles")
    }
    self.name = name
    self.log = log
    self.impressions = impressions ?? InteractionLog(users: [], items: [])
    self.users = users
    self.items = items
    self.interactedItemCount = interactedItemCount ?? items.count
    self.userFeatures = userFeatures
    self.itemFeatures = itemFeatures
    self.titles = titles
    self.order = order.resolved(hasTimes: log.hasTimes)
    self.files = files
    self.fileParts = fileParts
  }

  /// Returns the title of an item, or `nil` if it has none.
  public func title(of item: ItemIndex) -> String? {
    titles.isEmpty || titles[item.position].isEmpty ? nil : titles[item.position]
  }

  /// The number of distinct pairs of user and item in the log, in O(interactions).
  package var pairCount: Int {
    Repeats.first.rows(of: log, users: users.count, items: items.count)?.count ?? log.count
  }

  /// Returns the rows of the log of each user, in the order of the data set.
  func rowsByUser() -> Ragged<Int32> {
    log.rowsByUser(count: users.count, inTime: order == .time)
  }
}

/// How the interactions of a user are ordered.
public enum InteractionOrder: String, Sendable, Codable, CaseIterable {
  /// By time if the log has times, else not at all.
  case automatic = "auto"
  /// By time; ties are in file order.
  case time
  /// By place in the file.
  case file
  /// Not at all: a user's interactions are a set, and histories are drawn from it.
  case none

  func resolved(hasTimes: Bool) -> InteractionOrder {
    switch self {
    case .automatic, .time: hasTimes ? .time : .none
    case .file, .none: self
    }
  }
}
