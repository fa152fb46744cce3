import CorralData
import Foundation

/// The size, the habits and the seed of a simulated world.
///
/// The same settings give the same world, day by day, on any number of threads.
package struct WorldSettings: Sendable, Equatable, Codable {
  /// The seed of everything that is drawn.
  package var seed: UInt64 = 2024
  /// The number of people on any day.
  package var users = 2_000
  /// The number of items on any day.
  package var items = 1_000
  /// The number of topics; each item has a main one.
  package var topics = 12
  /// The coordinates of taste that no topic tells, so that the topic alone is not the whole truth.
  package var hidden = 8
  /// The visits of a day.
  package var visits = 2_000
  /// The items of a list.
  package var list = 10

  /// The share of the catalogue that is born each day; as many other items fade.
  package var newItems = 0.1
  /// The share of people who are new each day; as many others leave.
  package var newUsers = 0.02
  /// How fast tastes drift, from 0 for never to 1 for a new taste each day.
  package var drift = 0.05
  /// The share of people with several interests.
  package var several = 0.3
  /// How far the popularity of topics rises and falls, in units of affinity.
  package var season = 0.3
  /// How far the quality of items spreads, in units of affinity.
  package var quality = 0.2
  /// How strongly the chance of a click follows affinity.
  package var sharpness = 3.0
  /// The power by which people look less at later places: place `k` is examined with the
  /// probability `1 / (1 + k)^bias`.
  package var bias = 0.5
  /// The click rate of the best lists on the first day.
  package var bestRate = 0.2
  /// The first second of the first day, since 1970.
  package var start: Int64 = 1_704_067_200

  /// The default world, which lives a day in a moment.
  package init() {}

  /// The number of items that are born each day.
  package var birthsPerDay: Int { Int((newItems * Double(items)).rounded()) }
  /// The number of people who are new each day.
  package var newcomersPerDay: Int { Int((newUsers * Double(users)).rounded()) }

  /// The probability that a place of a list is examined, the first place being 0.
  package func examined(_ place: Int) -> Double { pow(Double(1 + place), -bias) }

  /// The share of a list's places that are examined.
  var meanExamined: Double {
    (0..<list).reduce(0) { $0 + examined($1) } / Double(max(1, list))
  }

  /// Throws `SettingError` for the first setting that no world can have.
  package func validate() throws {
    // Larger worlds would take hours and gigabytes, which nobody means.
    try SettingError.check("users", users, in: 1...10_000_000)
    try SettingError.check("topics", topics, in: 2...1_000)
    try SettingError.check("hidden", hidden, in: 0...1_000)
    try SettingError.check("items", items, in: topics...10_000_000)
    try SettingError.check("visits", visits, in: 1...100_000_000)
    try SettingError.check("list", list, in: 1...min(1_000, items))
    for (name, share) in [
      ("newItems", newItems), ("newUsers", newUsers), ("drift", drift), ("several", several),
    ] { try SettingError.check(name, share: share) }
    try SettingError.check("season", season, atLeast: 0, such: ", such as 0.3")
    try SettingError.check("quality", quality, atLeast: 0, such: ", such as 0.2")
    try SettingError.check("bias", bias, atLeast: 0, such: ", such as 0.5")
    try SettingError.check("sharpness", aboveZero: sharpness, such: ", such as 3")
    try SettingError.check(
      start >= 0 && start <= 100_000_000_000, "start", start,
      "give seconds since 1970, such as 1704067200")
    try SettingError.check(
      bestRate > 0 && bestRate < meanExamined, "bestRate", bestRate,
      "give a rate above 0 and below "
        + String(format: "%.4f", meanExamined)
        + ", the share of a list's \(list) places that people examine under bias \(bias)")
  }
}
