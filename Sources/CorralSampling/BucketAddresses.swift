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
      // SplitMix64's finaliser of the seeded position, scaled to the array by its upper bits.
      var z = UInt64(item.position) &* 0x9E37_79B9_7F4A_7C15 ^ seeds[array]
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      z ^= z >> 31
      return array * buckets
        + Int(truncatingIfNeeded: z.multipliedFullWidth(by: UInt64(buckets)).high)
    }
  }
}
