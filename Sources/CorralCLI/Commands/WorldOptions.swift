import ArgumentParser
import CorralData
import CorralSettings
import CorralSimulation
import CorralText

/// The options that say which world is simulated.
struct WorldOptions: ParsableArguments {
  private static let usual = WorldSettings()

  @Option(help: "The seed of everything that is drawn: \(usual.seed).")
  var seed: UInt64?

  @Option(help: "How many people there are on any day: \(usual.users).")
  var users: Int?

  @Option(help: "How many items there are on any day: \(usual.items).")
  var items: Int?

  @Option(help: "How many visits a day has: \(usual.visits).")
  var visits: Int?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Another setting of the world, as in drift=0.1; repeat it for more.", valueName: "key=value"))
  var assignments: [String] = []

  /// The settings of the world.
  ///
  /// Throws an error about the first setting that no world can have.
  func settings() throws -> WorldSettings {
    var overlay = SettingsOverlay(Self.usual)
    try overlay.apply(file: nil, assignments: assignments)
    var settings = try overlay.decoded()
    settings.seed = seed ?? settings.seed
    settings.users = users ?? settings.users
    settings.items = items ?? settings.items
    settings.visits = visits ?? settings.visits
    try settings.validate()
    return settings
  }

  /// The options as they were given, for a command that goes on in the same world.
  var words: [String] {
    var words: [String] = []
    if let seed { words += ["--seed", "\(seed)"] }
    for (name, value) in [("users", users), ("items", items), ("visits", visits)] {
      if let value { words += ["--\(name)", "\(value)"] }
    }
    for assignment in assignments { words += ["--set", assignment] }
    return words
  }
}
