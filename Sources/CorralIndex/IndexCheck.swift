public import CorralData
public import CorralVectors

/// How an index does beside the exact twin, on some queries searched one at a time.
public struct IndexCheck: Codable, Sendable, Equatable {
  /// The number of items.
  public let items: Int
  /// The number of elements of a vector.
  public let dimension: Int
  /// The number of queries.
  public let queries: Int
  /// How many items each looked for.
  public let count: Int
  /// The mean share of the exact best that was found: 1 when there is nothing to find.
  public let recall: Double
  /// The mean time of one search.
  public let milliseconds: Double
  /// The mean time of one search of the exact twin, on one thread as well.
  public let exactMilliseconds: Double
  /// The memory of the index, its vectors included.
  public let bytes: Int
  /// How far items are from the buckets of a multi-index; `nil` for a kind without buckets.
  public let residual: MultiIndexResidual?

  /// How many times faster than the exact twin a search is.
  public var speedup: Double { exactMilliseconds / max(milliseconds, .leastNormalMagnitude) }

  /// Searches an index, and the exact one over the same items, for each row of `queries`.
  ///
  /// What is searched for are the items that the model can place.
  public init(
    _ index: BuiltIndex, items: Matrix, queries: Matrix, count: Int, placed: PlacedItems = .all
  ) {
    let exact = ExactIndex(items)
    let rows = (0..<queries.rows).map { Array(queries[$0]) }
    let (found, time) = Self.timed {
      rows.map { index.search($0, count: count, where: placed.contains) }
    }
    let (best, exactTime) = Self.timed {
      rows.map { row in
        placed.areAll
          ? exact.search(row, count: count, threads: 1)
          : exact.search(row, count: count, where: placed.contains)
      }
    }
    var recall = 0.0
    for (found, best) in zip(found, best) {
      let shared = Set(found.map(\.item)).intersection(best.map(\.item)).count
      recall += best.isEmpty ? 1 : Double(shared) / Double(best.count)
    }
    self.items = index.count
    dimension = index.dimension
    self.queries = rows.count
    self.count = count
    self.recall = rows.isEmpty ? 1 : recall / Double(rows.count)
    milliseconds = time / Double(max(1, rows.count))
    exactMilliseconds = exactTime / Double(max(1, rows.count))
    bytes = index.byteCount
    residual = index.residual
  }

  private static func timed<Result>(_ body: () -> Result) -> (Result, milliseconds: Double) {
    let start = ContinuousClock.now
    let result = body()
    return (result, (ContinuousClock.now - start).inSeconds * 1e3)
  }
}
