package import CorralData
package import CorralVectors

/// Items in the buckets of an inverted multi-index (Babenko and Lempitsky, 2012): vectors are cut
/// into two halves, each half is clustered by k-means, and a pair of clusters is a bucket.
///
/// With centres `C0, C1 [K, dimension / 2]`, a query `z = [z0, z1]` scores a bucket `(k0, k1)` by
/// `r0[k0] + r1[k1]`, `r0 = C0 z0`, `r1 = C1 z1`: K^2 buckets for 2 K inner products. Both negative
/// sampling and search rest on it. A refreshed index starts from the centres of the last.
package struct InvertedMultiIndex: CandidateIndex {
  /// The items' vectors, `[items, dimension]`, not copied.
  package let items: Matrix
  /// How the index was made and is searched.
  package let settings: MultiIndexSettings
  /// The clusters of the first `dimension / 2` elements.
  package let first: KMeans
  /// The clusters of the other elements.
  package let second: KMeans
  /// The items of each bucket; that of clusters `(k0, k1)` is at `k0 * K + k1`.
  package let buckets: Partition
  /// How far the items are from the centres of their buckets.
  package let residual: MultiIndexResidual

  /// Makes the index of the rows of a matrix: item `i` is row `i`.
  ///
  /// Takes one comparison of each half of each item with K centres a step.
  ///
  /// - Parameters:
  ///   - items: the items' vectors.
  ///   - settings: how many clusters, and when to stop.
  ///   - seed: draws the items that centres start from.
  ///   - previous: an index of the same shape whose centres to start from.
  ///   - threads: how many threads share the work; the index does not depend on it.
  /// - Throws: `SettingError` for settings out of range, `IndexError` for vectors that are not finite.
  package init(
    _ items: Matrix, settings: MultiIndexSettings = MultiIndexSettings(), seed: UInt64 = 1,
    startingFrom previous: InvertedMultiIndex? = nil, threads: Int = Parallel.threads
  ) throws {
    try settings.check()
    try IndexError.checkFinite(items)
    let width = items.columns / 2
    func clusters(_ columns: Range<Int>, _ stream: UInt64, _ start: Matrix?) -> KMeans {
      var generator = SeededGenerator(seed: seed, stream: stream)
      return KMeans(
        items, columns: columns, clusters: settings.clusters, iterations: settings.iterations,
        tolerance: settings.tolerance, seed: generator.next(), startingFrom: start,
        threads: threads)
    }
    self.init(
      items, settings: settings,
      first: clusters(0..<width, 0, previous?.first.centres),
      second: clusters(width..<items.columns, 1, previous?.second.centres), threads: threads)
  }

  init(
    _ items: Matrix, settings: MultiIndexSettings, first: KMeans, second: KMeans, threads: Int
  ) {
    self.items = items
    self.settings = settings
    self.first = first
    self.second = second
    let clusters = settings.clusters
    buckets = Partition(
      clusters: zip(first.clusters, second.clusters).map { $0 * Int32(clusters) + $1 },
      count: clusters * clusters)
    residual = MultiIndexResidual(items, first: first, second: second, threads: threads)
  }

  /// The same index, not copied, whose searches compare another number of items exactly.
  ///
  /// Throws `SettingError` when the number is out of range.
  package func searching(collected: Int) throws -> InvertedMultiIndex {
    var settings = settings
    settings.collected = collected
    try settings.check()
    return InvertedMultiIndex(self, settings: settings)
  }

  private init(_ other: InvertedMultiIndex, settings: MultiIndexSettings) {
    items = other.items
    self.settings = settings
    first = other.first
    second = other.second
    buckets = other.buckets
    residual = other.residual
  }

  /// Always false.
  package var isExact: Bool { false }

  /// The number of items.
  package var count: Int { items.rows }

  /// The number of elements of an item's vector, and of a query's.
  package var dimension: Int { items.columns }

  /// The mean squared distance of an item to the centres of its bucket.
  package var loss: Double { residual.meanSquare }

  /// The memory that it holds, the items' vectors included.
  package var byteCount: Int {
    let floats = items.values.count + first.centres.values.count + second.centres.values.count
    // Both halves' clusters, the bucket of each item, the items of each bucket.
    return 4 * floats + 16 * count + 8 * buckets.members.offsets.count
  }
}
