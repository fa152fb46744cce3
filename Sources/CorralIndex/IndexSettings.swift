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
  /// Candidates that are looked at for the links of an item.
  ///
  /// More are better and slower to make.
  public var efConstruction = 200
  /// Candidates that a search keeps, if not fewer than it was asked for.
  ///
  /// More are better and slower.
  public var ef = 100
  /// How the work of making a graph is shared.
  public var construction = Construction.reproducible
  /// Clusters of each half of the vectors in a multi-index.
  ///
  /// More are closer to the vectors and slower to make.
  public var clusters = MultiIndexSettings().clusters
  /// Items of a multi-index that a search compares exactly, if not fewer than it was asked for.
  ///
  /// More are better and slower.
  public var collected = MultiIndexSettings().collected

  /// The defaults.
  public init() {}

  /// What a multi-index is made by.
  public var multiIndex: MultiIndexSettings {
    var settings = MultiIndexSettings()
    settings.clusters = clusters
    settings.collected = collected
    return settings
  }

  /// Throws `IndexError.badSetting` for the first value that no index of any kind can have.
  package func validate() throws {
    try check()
    try multiIndex.check()
  }

  /// Throws `IndexError.badSetting` when a graph cannot be made this way.
  func check() throws {
    func check(_ name: String, _ value: Int, _ allowed: ClosedRange<Int>) throws {
      guard allowed.contains(value) else {
        throw IndexError.badSetting(name: name, value: value, allowed: allowed)
      }
    }
    try check("m", m, 2...1000)
    try check("efConstruction", efConstruction, 1...100_000)
    try check("ef", ef, 1...100_000)
  }
}

/// How an inverted multi-index is made and searched.
public struct MultiIndexSettings: Codable, Sendable, Equatable {
  /// Clusters K of each half of the vectors, which make K^2 buckets.
  ///
  /// More are closer to the vectors and slower: 16 for some ten thousand items, 32 to 128 above.
  public var clusters = 32
  /// How often the centres move at most when the index is made.
  public var iterations = 30
  /// The relative gain of the loss at which the centres stay; a negative one never stops them.
  public var tolerance = 1e-6
  /// Items that a search compares exactly, if not fewer than it was asked for.
  ///
  /// More are better and slower.
  public var collected = 5000

  /// The defaults.
  public init() {}

  /// Throws `IndexError.badSetting` when no index can be made this way.
  func check() throws {
    func check(_ name: String, _ value: Int, _ allowed: ClosedRange<Int>) throws {
      guard allowed.contains(value) else {
        throw IndexError.badSetting(name: name, value: value, allowed: allowed)
      }
    }
    try check("clusters", clusters, 1...1024)
    try check("iterations", iterations, 0...100_000)
    try check("collected", collected, 1...100_000_000)
  }
}
