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
