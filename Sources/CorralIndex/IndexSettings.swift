import CorralData

/// How a catalogue is searched.
public struct IndexSettings: Codable, Sendable, Equatable {
  /// The kinds of index.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Every item is compared: always right, and fast enough for some hundred thousand items.
    case exact
    /// A graph of neighbours is walked (Malkov and Yashunin, 2016): nearly always right, and much
    /// faster for more.
    case hnsw
    /// The best buckets of an inverted multi-index are opened (Babenko and Lempitsky, 2012): made in
    /// seconds, and the structure that negatives are drawn from.
    case multiIndex = "multi-index"
  }

  /// How the work of making a graph is shared.
  public enum Construction: String, Codable, Sendable, CaseIterable {
    /// By one thread: the same items and settings give the same graph.
    case reproducible
    /// By all threads: faster, and another graph each time, just as good.
    case parallel
  }

  /// The kind of index.
  public var kind = Kind.exact
  /// Links of each item in a graph; twice as many on its lowest level.
  ///
  /// More are better and slower.
  public var m = 16
  /// Candidates that are compared for the links of an item.
  ///
  /// More are better and slower to make.
  public var efConstruction = 200
  /// Candidates that a search keeps, or as many as it is asked for if that is more.
  ///
  /// More are better and slower.
  public var ef = 100
  /// How the work of making a graph is shared.
  public var construction = Construction.reproducible
  /// Clusters of each half of the vectors in a multi-index.
  ///
  /// More are closer to the vectors and slower to make.
  public var clusters = MultiIndexSettings().clusters
  /// Items of a multi-index that a search compares exactly, or as many as it is asked for if that is more.
  ///
  /// More are better and slower.
  public var collected = MultiIndexSettings().collected

  /// The defaults.
  public init() {}

  /// The settings of a multi-index.
  package var multiIndex: MultiIndexSettings {
    var settings = MultiIndexSettings()
    settings.clusters = clusters
    settings.collected = collected
    return settings
  }

  /// Throws `SettingError` for the first value that no index can have, whatever its kind.
  package func validate() throws {
    try check()
    try multiIndex.check()
  }

  /// Throws `SettingError` when a graph cannot be made this way.
  func check() throws {
    try SettingError.check("m", m, in: 2...1000)
    try SettingError.check("efConstruction", efConstruction, in: 1...100_000)
    try SettingError.check("ef", ef, in: 1...100_000)
  }
}

/// How an inverted multi-index is made and searched.
package struct MultiIndexSettings: Codable, Sendable, Equatable {
  /// Clusters K of each half of the vectors, which make K^2 buckets.
  ///
  /// More are closer to the vectors and slower: 16 for some ten thousand items, 32 to 128 above.
  package var clusters = 32
  /// The most steps of k-means when the index is made.
  package var iterations = 30
  /// The relative gain of the loss at which k-means stops; never if negative.
  package var tolerance = 1e-6
  /// Items that a search compares exactly, or as many as it is asked for if that is more.
  ///
  /// More are better and slower.
  package var collected = 5000

  /// The defaults.
  package init() {}

  /// Throws `SettingError` when no index can be made this way.
  func check() throws {
    try SettingError.check("clusters", clusters, in: 1...1024)
    try SettingError.check("iterations", iterations, in: 0...100_000)
    try SettingError.check("collected", collected, in: 1...100_000_000)
  }
}

extension SettingError {
  /// Throws unless a whole number is in a range.
  fileprivate static func check(_ key: String, _ value: Int, in allowed: ClosedRange<Int>) throws {
    try check(
      allowed.contains(value), key, value,
      "it can be \(allowed.lowerBound) to \(allowed.upperBound)")
  }
}
