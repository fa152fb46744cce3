import CorralVectors

/// The size and the seed of a planted data set.
public struct SyntheticSettings: Sendable, Equatable, Codable {
  /// The number of users.
  package var users = 2_000
  /// The number of items.
  package var items = 1_000
  /// The number of interactions.
  package var interactions = 80_000
  /// The seed.
  ///
  /// The same sizes and seed give the same data on any number of threads.
  package var seed: UInt64 = 2024
  /// Whether interactions have a context: `tab`, which predicts the next genre, and `hour`, which
  /// does not.
  package var context = false
  /// Whether interactions have labels: `is_click`, `is_like` and `watch`, the share that was
  /// watched.
  package var labels = false
  /// The number of impressions for each interaction.
  package var impressions = 0

  /// Creates settings; the defaults train in seconds.
  public init(
    users: Int = 2_000, items: Int = 1_000, interactions: Int = 80_000, seed: UInt64 = 2024,
    context: Bool = false, labels: Bool = false, impressions: Int = 0
  ) {
    self.users = users
    self.items = items
    self.interactions = interactions
    self.seed = seed
    self.context = context
    self.labels = labels
    self.impressions = impressions
  }

  /// Throws `SettingError` for the first size that cannot be made.
  func validate() throws {
    // These come first, so that the products below cannot overflow.
    for (name, value) in [("users", users), ("items", items), ("interactions", interactions)] {
      try SettingError.check(
        value < Int(Int32.max), name, value, "positions are 32-bit: 2,147,483,646 at most")
    }
    try SettingError.check(users > 0, "users", users, "at least one user is needed")
    try SettingError.check(
      items >= SyntheticCatalogue.genreCount, "items", items,
      "at least \(SyntheticCatalogue.genreCount) items are needed, one per genre")
    try SettingError.check(
      interactions >= users, "interactions", interactions,
      "each of the \(users) users needs at least one")
    try SettingError.check(
      interactions <= users * (items / 2), "interactions", interactions,
      "nobody meets more than half of the \(items) items, so that \(users) users have at most"
        + " \(users * (items / 2))")
    try SettingError.check(
      impressions >= 0 && impressions <= 1000, "impressions", impressions,
      "0 to 1000 items are shown with each interaction and not taken")
    try SettingError.check(
      interactions * impressions < Int(Int32.max), "impressions", impressions,
      "\(interactions) interactions have \(interactions * impressions) of them, and positions are "
        + "32-bit: 2,147,483,646 at most")
    let bytes = 150 * (users + items) + 16 * interactions * (1 + impressions)
    try SettingError.check(
      bytes <= MachineMemory.limit, "items", items,
      "the data take \(bytes / 1_000_000_000) GB or more, and this process may use "
        + "\(MachineMemory.limit / 1_000_000_000) GB: make fewer users, items or interactions")
  }
}
