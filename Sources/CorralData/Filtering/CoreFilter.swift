/// The fewest interactions that a user and an item may have.
public struct CoreFilter: Sendable, Equatable, Codable {
  /// The fewest interactions of a user.
  public var minUser = 0
  /// The fewest interactions of an item.
  public var minItem = 0
  /// Whether to repeat until every user and item that is left has enough: the k-core.
  ///
  /// Else both counts are taken once, before anything is dropped.
  public var iterative = true

  /// A filter; 0 keeps all.
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

  /// What a filter dropped.
  package struct Report: Sendable, Equatable, Codable {
    /// Interactions dropped.
    package var interactions = 0
    /// Users left without any.
    package var users = 0
    /// Items left without any.
    package var items = 0
    /// How often the log was gone through.
    package var passes = 0

    /// Nothing dropped.
    package init() {}
  }

  /// Whether every interaction stays.
  package var keepsAll: Bool { minUser <= 1 && minItem <= 1 }

  /// The rows that stay, in order; `nil` when all do.
  ///
  /// O(interactions) a pass.
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

/// What happens to further interactions of a user with the same item.
public enum Repeats: String, Sendable, Codable, CaseIterable {
  /// Each counts.
  case keep
  /// The first counts: the earliest where there are times.
  case first
  /// The last counts.
  case last

  /// The rows that stay, in order; `nil` when all do.
  func rows(of log: InteractionLog, users: Int, items: Int) -> [Int32]? {
    guard self != .keep else { return nil }
    let byUser = log.rowsByUser(count: users, inTime: true)
    // The last user that was seen with each item: one array for all users.
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
