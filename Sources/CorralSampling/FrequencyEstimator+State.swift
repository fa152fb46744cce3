/// What an estimator has learned, as flat arrays that any file format can hold.
extension FrequencyEstimator {
  /// The buckets of all arrays, array after array, `[hashes * buckets]` each, and the step.
  public struct State: Sendable, Codable, Equatable {
    /// The number of batches learned from.
    public var step: Int
    /// The running mean B of the steps between hits; 0 where a bucket was never hit.
    public var gaps: [Float]
    /// The step A of the last hit, modulo 2^32.
    public var lastSeen: [Int32]
    /// The number of hits of each bucket.
    public var hits: [Int32]

    /// A state over arrays that were saved.
    public init(step: Int, gaps: [Float], lastSeen: [Int32], hits: [Int32]) {
      self.step = step
      self.gaps = gaps
      self.lastSeen = lastSeen
      self.hits = hits
    }
  }

  /// All that was learned: an estimator restored from it behaves the same, bit for bit.
  public var state: State {
    State(
      step: step, gaps: cells.map(\.gap), lastSeen: cells.map(\.lastSeen), hits: cells.map(\.hits))
  }

  /// An estimator that carries on from a saved state.
  ///
  /// - Throws: `SamplingError.state` when the arrays do not fit the settings.
  public init(_ settings: FrequencyEstimatorSettings, restoring state: State) throws {
    let expected = settings.hashes * settings.buckets
    for (name, count) in [
      ("gaps", state.gaps.count), ("lastSeen", state.lastSeen.count), ("hits", state.hits.count),
    ] where count != expected {
      throw SamplingError.state(
        array: name, found: count, expected: expected, hashes: settings.hashes,
        buckets: settings.buckets)
    }
    self.init(
      settings, step: state.step,
      cells: (0..<expected).map {
        Cell(gap: state.gaps[$0], lastSeen: state.lastSeen[$0], hits: state.hits[$0])
      })
  }
}
