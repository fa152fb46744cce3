import CorralData
import CorralVectors

/// Where the buckets of an item are: one in each of the m hash arrays.
struct BucketAddresses: Sendable, Equatable {
  private let buckets: Int
  private let hashing: FrequencyEstimatorSettings.Hashing
  private let seeds: [UInt64]

  /// The addresses that settings describe; the same seed gives the same addresses everywhere.
  init(_ settings: FrequencyEstimatorSettings) {
    buckets = settings.buckets
    hashing = settings.hashing
    seeds = (0..<settings.hashes).map { array in
      var generator = SeededGenerator(seed: settings.seed, stream: UInt64(array))
      return generator.next()
    }
  }

  /// The position of an item's bucket of one array, among the buckets of all arrays.
  @inline(__always)
  func position(of item: ItemIndex, in array: Int) -> Int {
    switch hashing {
    case .identity:
      guard item.position < buckets else {
        fatalError("identity hashing with \(buckets) buckets has none for item \(item.position)")
      }
      return array * buckets + item.position
    case .independent:
      // A hash of the seeded position, scaled to the array by its upper bits.
      let hash = SplitMix64.finalised(
        UInt64(item.position) &* SplitMix64.goldenGamma ^ seeds[array])
      return array * buckets
        + Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(buckets)).high)
    }
  }
}
