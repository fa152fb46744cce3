package import CorralData
package import CorralVectors

/// How an index compares with exact search, on queries searched one at a time.
package struct IndexCheck: Codable, Sendable, Equatable {
  /// The number of items.
  package let items: Int
  /// The number of elements of a vector.
  package let dimension: Int
  /// The number of queries.
  package let queries: Int
  /// How many items each query looked for.
  package let count: Int
  /// The mean share of the exact best that was found: 1 when there is nothing to find.
  package let recall: Double
  /// The mean time of one search.
  package let milliseconds: Double
  /// The mean time of one exact search, also on one thread.
  package let exactMilliseconds: Double
  /// The memory of the index, its vectors included.
  package let bytes: Int
  /// How far items are from the centres of their buckets; `nil` for an index without buckets.
  package let residual: MultiIndexResidual?

  /// How many times faster than an exact search it is.
  package var speedup: Double { exactMilliseconds / max(milliseconds, .leastNormalMagnitude) }

  /// Searches an index, and the exact one over the same items, for each row of `queries`.
  ///
  /// Only items that the model can place are searched for.
  package init(
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
