import CorralData

/// The settings of the streaming frequency estimator.
package struct FrequencyEstimatorSettings: Sendable, Codable, Equatable {
  /// What an estimate counts when a batch holds an item more than once.
  package enum Semantics: String, Sendable, Codable, CaseIterable {
    /// The expected number of occurrences in a batch: every occurrence updates, a repeat with a gap of 0.
    /// A correction needs this, since duplicate columns stay in the softmax.
    case count
    /// The probability that a batch holds the item at all: a bucket updates once per batch.
    case inclusion
  }

  /// How a bucket starts.
  package enum Start: String, Sendable, Codable, CaseIterable {
    /// The first sight of an id sets its time and gives it the prior gap, which then fades as one
    /// observation among the gaps that follow: rate `max(alpha, 1 / (hits + 1))`.
    case firstSight = "first-sight"
    /// As in Algorithm 2 of the paper: every bucket starts at time 0 with the prior gap and rate `alpha`,
    /// so that the first gap of a new id is its age.
    case paper
  }

  /// How an id finds its bucket in each array.
  package enum Hashing: String, Sendable, Codable, CaseIterable {
    /// An independent hash for every array.
    case independent
    /// The position of the item itself: no collisions, for catalogues no larger than an array.
    case identity
  }

  /// The number of hash arrays m; the largest gap among them counts.
  package var hashes = 4
  /// The number of buckets H of each array: 12 bytes each, for as long as the estimator lives.
  package var buckets = 1 << 18
  /// The learning rate alpha: the steady-state spread of an estimate is about sqrt(alpha / 2).
  package var alpha: Float = 0.01
  /// The gap B0 that a new id starts with, in steps.
  package var priorGap: Float = 100
  /// What an estimate counts.
  package var semantics = Semantics.count
  /// How a bucket starts.
  package var start = Start.firstSight
  /// How an id finds its bucket.
  package var hashing = Hashing.independent
  /// The seed of the hashes.
  package var seed: UInt64 = 0

  /// The defaults: 4 arrays of 262,144 buckets (12.6 MB), alpha 0.01.
  package init() {}

  /// Throws `SettingError` for the first setting that no estimator can use.
  package func validate() throws {
    try SettingError.check("hashes", hashes, atLeast: 1)
    try SettingError.check("buckets", buckets, atLeast: 1)
    try SettingError.check(
      alpha > 0 && alpha <= 1, "alpha", alpha, "give more than 0 and at most 1")
    try SettingError.check("priorGap", priorGap, atLeast: FrequencyEstimator.smallestGap)
  }
}
