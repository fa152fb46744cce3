/// Counts the warm and cold items and users of a held-out part.
package struct HeldOutAccount: Sendable, Equatable, Codable {
  /// The targets of the part.
  package var targets = 0
  /// Users with a target.
  package var users = 0
  /// Targets whose item occurs nowhere in training.
  package var coldItemTargets = 0
  /// Users with a target and no training interaction.
  package var coldUsers = 0
  /// Targets of those users.
  package var coldUserTargets = 0
  /// Targets that their user interacted with before.
  ///
  /// A mask of seen items makes them impossible.
  package var repeatedTargets = 0
}

extension Split {
  /// Counts the warm and cold items and users of a held-out part.
  package func account(of part: HeldOut) -> HeldOutAccount {
    let counts = itemCounts()
    let held = targets(part)
    var account = HeldOutAccount()
    for user in 0..<userCount where !held[user].isEmpty {
      account.users += 1
      account.targets += held[user].count
      account.coldItemTargets += held[user].count { counts[$0.position] == 0 }
      var known = Set(training[user])
      if part == .test { known.formUnion(validation[user]) }
      account.repeatedTargets += held[user].count { known.contains($0) }
      if training[user].isEmpty {
        account.coldUsers += 1
        account.coldUserTargets += held[user].count
      }
    }
    return account
  }
}

extension HeldOutAccount {
  /// Returns a note on the targets that the mask of seen items hides from every model, or `nil` if
  /// there are none.
  ///
  /// The caller counts `masked` among `targets`: as distinct items of a user, or as an account
  /// does.
  package static func maskedLine(masked: Int, of targets: Int, part: HeldOut) -> String? {
    if masked == 0 { return nil }
    let share = Double(masked) / Double(max(1, targets)) * 100
    return
      "\(masked) of \(targets) \(part.rawValue) targets (\(Int(share.rounded()))%) were met before by"
      + " their user and are masked, so that no model can find them: data.repeats=first keeps first"
      + " meetings only, evaluate.seen=ranked ranks seen items"
  }

  /// Returns the same note for this account.
  package func maskedLine(of part: HeldOut) -> String? {
    Self.maskedLine(masked: repeatedTargets, of: targets, part: part)
  }
}
