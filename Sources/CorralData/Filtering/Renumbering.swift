/// New positions for the users or items that are left in a log.
struct Renumbering {
  /// The new position of each old one, or -1.
  private(set) var map: [Int32]
  /// The old positions, in the order of the new ones.
  private(set) var kept: [Int32] = []

  /// Renumbers the positions in use, in their old order.
  init(inUse positions: some Sequence<Int>, of count: Int) {
    map = [Int32](repeating: -1, count: count)
    for position in positions { map[position] = 0 }
    for position in 0..<count where map[position] == 0 {
      map[position] = Int32(kept.count)
      kept.append(Int32(position))
    }
  }

  /// Renumbers the positions in use, in the order of their first use.
  init(firstUses positions: some Sequence<Int>, of count: Int) {
    map = [Int32](repeating: -1, count: count)
    for position in positions where map[position] < 0 {
      map[position] = Int32(kept.count)
      kept.append(Int32(position))
    }
  }

  /// Whether no position changes.
  var keepsAll: Bool { kept.count == map.count && kept.indices.allSatisfy { kept[$0] == $0 } }
}

extension InteractionLog {
  /// Renumbers the log; rows of users or items without a new position are dropped.
  func renumbered(users userMap: Renumbering, items itemMap: Renumbering) -> InteractionLog {
    if userMap.keepsAll, itemMap.keepsAll { return self }
    let rows = (0..<Int32(count)).filter { row in
      userMap.map[users[Int(row)].position] >= 0 && itemMap.map[items[Int(row)].position] >= 0
    }
    let log = rows.count == count ? self : gathered(rows)
    return InteractionLog(
      users: log.users.map { UserIndex(Int(userMap.map[$0.position])) },
      items: log.items.map { ItemIndex(Int(itemMap.map[$0.position])) },
      times: log.times, timeScale: log.timeScale, weights: log.weights, columns: log.columns)
  }
}
