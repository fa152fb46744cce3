import CorralData

extension Evaluation {
  /// Three groups of users by the length of their histories, as equal in size as ties allow.
  enum ActivityGroup: String, CaseIterable {
    case light, regular, heavy
  }

  /// The same metrics for parts of the targets and for parts of the users.
  ///
  /// `items` slices the targets by popularity. A user counts in a group if it has a target in it;
  /// only those targets count, at their rank in the whole catalogue. `users` slices the users by
  /// activity. Every target and every user is in exactly one slice.
  func slices() -> [String: [String: EvaluationReport.Slice]] {
    var items: [String: EvaluationReport.Slice] = [:]
    for group in ItemGroup.allCases { items["\(group)"] = slice(of: group) }
    var groups: [String: EvaluationReport.Slice] = [:]
    for (group, rows) in activityGroups() { groups[group.rawValue] = slice(of: rows) }
    return ["items": items, "users": groups]
  }

  private func slice(of group: ItemGroup) -> EvaluationReport.Slice {
    var rows: [Int] = []
    var members: [Int] = []
    var offsets = [0]
    for row in users.indices {
      for target in targets.offsets[row]..<targets.offsets[row + 1]
      where targetGroups[target] == group {
        members.append(target)
      }
      if members.count > offsets[rows.count] {
        rows.append(row)
        offsets.append(members.count)
      }
    }
    let sliced = Ragged(values: members, offsets: offsets)
    var position = [Int](repeating: 0, count: users.count)
    for (place, row) in rows.enumerated() { position[row] = place }
    return EvaluationReport.Slice(
      users: rows.count, targets: members.count,
      metrics: userIntervals(metrics.filter(\.measure.isRankMeasure), rows: rows) {
        ranks(of: sliced[position[$0]])
      })
  }

  private func slice(of rows: [Int]) -> EvaluationReport.Slice {
    let lengths = rows.map { Int(historyLengths[$0]) }
    return EvaluationReport.Slice(
      users: rows.count, targets: rows.reduce(0) { $0 + targets[$1].count },
      shortestHistory: lengths.min(), longestHistory: lengths.max(),
      metrics: userIntervals(metrics.filter { $0.measure != .coverage }, rows: rows) {
        ranks(ofRow: $0)
      })
  }

  /// Returns the rows of each activity group; users with equally long histories are in the same
  /// one.
  func activityGroups() -> [(ActivityGroup, [Int])] {
    let sorted = historyLengths.sorted()
    let first = sorted[(sorted.count - 1) / 3]
    let second = sorted[2 * (sorted.count - 1) / 3]
    return ActivityGroup.allCases.map { group in
      let rows = users.indices.filter { row in
        let length = historyLengths[row]
        return switch group {
        case .light: length <= first
        case .regular: length > first && length <= second
        case .heavy: length > second
        }
      }
      return (group, rows)
    }
  }
}
