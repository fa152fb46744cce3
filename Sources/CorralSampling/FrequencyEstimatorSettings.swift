/// The settings of the streaming frequency estimator.
public struct FrequencyEstimatorSettings: Sendable, Codable, Equatable {
  /// What the estimate of an item is the estimate of, when a batch holds it more than once.
  public enum Semantics: String, Sendable, Codable, CaseIterable {
    /// The expected number of occurrences in a batch: every occurrence updates, a repeat with a gap
    /// of 0. What a correction needs while duplicate columns stay in the softmax.
    case count
    /// The probability that a batch holds the item at all: a bucket updates once a batch.
    case inclusion
  }

  /// How a bucket starts.
  public enum Start: String, Sendable, Codable, CaseIterable {
    /// The first sight of an id sets its time and gives it the prior gap, which then fades as one
    /// observation among the gaps that follow: rate `max(alpha, 1 / (hits + 1))`.
    case firstSight = "first-sight"
    /// As Algorithm 2 prints it: every bucket starts at time 0 with the prior gap, rate `alpha`
    /// throughout, so that the first gap of a new id is its age.
    case paper
  }

  /// How an id finds its bucket in each array.
  public enum Hashing: String, Sendable, Codable, CaseIterable {
    /// An independent hash for every array.
    case independent
    /// The position of the item itself: no collisions, for catalogues no larger than an array.
    case identity
  }

  /// The number of hash arrays m; the largest gap among them counts.
  public var hashes = 4
  /// The number of buckets H of each array: 12 bytes each, for as long as the estimator lives.
  public var buckets = 1 << 18
  /// The learning rate alpha: the steady-state spread of an estimate is about sqrt(alpha / 2).
  public var alpha: Float = 0.01
  /// The gap B0 in steps that a new id is believed to have.
  public var priorGap: Float = 100
  /// What the estimate is the estimate of.
  public var semantics = Semantics.count
  /// How a bucket starts.
  public var start = Start.firstSight
  /// How an id finds its bucket.
  public var hashing = Hashing.independent
  /// The seed of the hashes.
  public var seed: UInt64 = 0

  /// The defaults: 4 arrays of 262,144 buckets (12.6 MB), alpha 0.01.
  public init() {}

  /// Throws `SamplingError.setting` for the first setting that no estimator can make sense of.
  public func validate() throws {
    func check(_ holds: Bool, _ name: String, _ value: some Any, _ need: String) throws {
      guard holds else { throw SamplingError.setting(name, value: "\(value)", need: need) }
    }
    try check(hashes > 0, "hashes", hashes, "1 or more")
    try check(buckets > 0, "buckets", buckets, "1 or more")
    try check(alpha > 0 && alpha <= 1, "alpha", alpha, "more than 0 and at most 1")
    let smallest = FrequencyEstimator.smallestGap
    try check(
      priorGap >= smallest && priorGap.isFinite, "priorGap", priorGap, "\(smallest) or more")
  }
}
