import CKernels

/// The rows that a search found for each of several queries, in three flat arrays.
package struct FoundRows: Sendable, Equatable {
  /// The rows, query after query, the best first.
  package private(set) var rows: [Int32] = []
  /// The score of each of `rows`.
  package private(set) var scores: [Float] = []
  /// Query `q` found `rows[offsets[q]..<offsets[q + 1]]`.
  package private(set) var offsets = [0]

  init(queries: Int, capacity: Int) {
    rows.reserveCapacity(capacity)
    scores.reserveCapacity(capacity)
    offsets.reserveCapacity(queries + 1)
  }

  /// The number of queries.
  package var count: Int { offsets.count - 1 }

  /// The positions in `rows` and `scores` of what one query found.
  package subscript(query: Int) -> Range<Int> { offsets[query]..<offsets[query + 1] }

  /// Appends what the next query found.
  mutating func append(_ keys: ArraySlice<UInt64>) {
    for key in keys {
      rows.append(Int32(truncatingIfNeeded: ck_key_item(key)))
      scores.append(ck_key_score(key))
    }
    offsets.append(rows.count)
  }
}
