/// The fewest interactions that a user and an item must have.
public struct CoreFilter: Sendable, Equatable, Codable {
  /// The fewest interactions of a user.
  public var minUser = 0
  /// The fewest interactions of an item.
  public var minItem = 0
  /// Whether to repeat until every remaining user and item has enough: the k-core.
  ///
  /// If false, both counts are taken once, before anything is dropped.
  public var iterative = true

  /// Creates a filter; 0 keeps all.
  public init(minUser: Int = 0, minItem: Int = 0, iterative: Bool = true) {
    self.minUser = minUser
    self.minItem = minItem
    self.iterative = iterative
  }

  /// Throws `SettingError` for a negative count.
  func validate() throws {
    try SettingError.check("minUser", minUser, atLeast: 0)
    try SettingError.check("minItem", minItem, atLeast: 0)
  }

  /// The report of a filter.
  package struct Report: Sendable, Equatable, Codable {
    /// The number of interactions dropped.
    package var interactions = 0
    /// The number of users without any interaction left.
    package var users = 0
    /// The number of items without any interaction left.
    package var items = 0
    /// The number of passes over the log.
    package var passes = 0

    /// Creates the report of a filter that dropped nothing.
    package init() {}
  }

  /// Whether the filter keeps every interaction.
  package var keepsAll: Bool { minUser <= 1 && minItem <= 1 }

  /// Returns the rows to keep, in order, or `nil` if all are kept.
  ///
  /// O(interactions) per pass.
  func rows(
    of log: InteractionLog, users: Int, items: Int, report: inout Report
  ) -> [Int32]? {
    guard !keepsAll else { return nil }
    var userCounts = [Int32](repeating: 0, count: users)
    var itemCounts = [Int32](repeating: 0, count: items)
    for user in log.users { userCounts[user.position] += 1 }
    for item in log.items { itemCounts[item.position] += 1 }
    var rows = [Int32](0..<Int32(log.count))
    while true {
      report.passes += 1
      let before = rows.count
      let (fixedUsers, fixedItems) = (userCounts, itemCounts)
      rows.removeAll { row in
        let user = log.users[Int(row)].position
        let item = log.items[Int(row)].position
        guard Int(fixedUsers[user]) < minUser || Int(fixedItems[item]) < minItem else {
          return false
        }
        userCounts[user] -= 1
        itemCounts[item] -= 1
        return true
      }
      if rows.count == before || !iterative { break }
    }
    report.interactions += log.count - rows.count
    return rows.count == log.count ? nil : rows
  }
}

/// What happens to repeated interactions of a user with an item.
public enum Repeats: String, Sendable, Codable, CaseIterable {
  /// All are kept.
  case keep
  /// The first is kept: the earliest if there are times.
  case first
  /// The last is kept.
  case last

  /// Returns the rows to keep, in order, or `nil` if all are kept.
  func rows(of log: InteractionLog, users: Int, items: Int) -> [Int32]? {
    guard self != .keep else { return nil }
    let byUser = log.rowsByUser(count: users, inTime: true)
    // The last user seen with each item, in one array for all users.
    var seen = [Int32](repeating: -1, count: items)
    var stays = [Bool](repeating: false, count: log.count)
    var count = 0
    for user in 0..<users {
      func visit(_ row: Int32) {
        let item = log.items[Int(row)].position
        guard seen[item] != Int32(user) else { return }
        seen[item] = Int32(user)
        stays[Int(row)] = true
        count += 1
      }
      if self == .first {
        byUser[user].forEach(visit)
      } else {
        byUser[user].reversed().forEach(visit)
      }
    }
    guard count < log.count else { return nil }
    return (0..<Int32(log.count)).filter { stays[Int($0)] }
  }
}
