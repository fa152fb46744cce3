/// A log of interactions with everything that is known around it.
public struct Dataset: Sendable, Equatable {
  /// What reports call it: the name of the file or folder it came from.
  public let name: String
  /// Who did what, when.
  public let log: InteractionLog
  /// What was shown and not taken, with weight 0.
  ///
  /// `ImpressionUse` says what becomes of them.
  package let impressions: InteractionLog
  /// The identifiers of users.
  public let users: Vocabulary
  /// The identifiers of items.
  public let items: Vocabulary
  /// How many items have an interaction; those of the item file without any stand behind them.
  package let interactedItemCount: Int
  /// What is known about users, one row each.
  package let userFeatures: FeatureTable
  /// What is known about items, one row each.
  package let itemFeatures: FeatureTable
  /// What people call each item, in vocabulary order: empty when no file says, and an empty text
  /// where it says nothing of one item.
  package let titles: [String]
  /// What puts the interactions of a user in order.
  package let order: InteractionOrder
  /// The files that were read.
  package let files: [String]
  /// Where the parts begin of a data set that comes already split, or `nil`.
  package let fileParts: FileParts?

  /// A data set of parts that fit: as many feature rows and titles as there are identifiers; without
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

  /// What people call an item, or `nil` when nothing says.
  public func title(of item: ItemIndex) -> String? {
    titles.isEmpty || titles[item.position].isEmpty ? nil : titles[item.position]
  }

  /// The number of different pairs of a user and an item with an interaction, in O(interactions).
  package var pairCount: Int {
    Repeats.first.rows(of: log, users: users.count, items: items.count)?.count ?? log.count
  }

  /// The rows of the log of each user, in the order of the data set.
  func rowsByUser() -> Ragged<Int32> {
    log.rowsByUser(count: users.count, inTime: order == .time)
  }
}

/// What puts the interactions of a user in order.
public enum InteractionOrder: String, Sendable, Codable, CaseIterable {
  /// Their times where the log has them, else nothing.
  case automatic = "auto"
  /// Their times; ties are in file order.
  case time
  /// Their places in the file.
  case file
  /// Nothing: what a user did is a set, and histories are drawn from it.
  case none

  func resolved(hasTimes: Bool) -> InteractionOrder {
    switch self {
    case .automatic, .time: hasTimes ? .time : .none
    case .file, .none: self
    }
  }
}
