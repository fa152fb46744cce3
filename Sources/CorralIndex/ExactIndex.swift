package import CorralData
package import CorralVectors

/// Compares a query with every item: always right, and the twin that other kinds are checked
/// against.
///
/// A search costs one multiplication and addition for each element of the catalogue and never
/// holds a queries x items matrix. Scores have the same bits for one query as for many, and for
/// any number of threads.
package struct ExactIndex: CandidateIndex {
  private let rows: InnerProductSearch

  /// An index over the rows of a matrix, which is not copied: item `i` is row `i`.
  package init(_ items: Matrix) {
    rows = InnerProductSearch(items)
  }

  /// The items' vectors, `[items, dimension]`.
  package var items: Matrix { rows.matrix }

  /// Always true.
  package var isExact: Bool { true }

  /// The number of items.
  package var count: Int { items.rows }

  /// The number of elements of an item's vector, and of a query's.
  package var dimension: Int { items.columns }

  /// The best `count` allowed items, found on the calling thread.
  ///
  /// The filter is asked only for items that are better than the worst that is kept so far.
  package func search(
    _ query: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    rows.search(query, count: count) { isAllowed(ItemIndex($0)) }.candidates.values
  }

  /// The best `count` items besides those excluded, in any order; the threads share the catalogue.
  package func search(
    _ query: [Float], count: Int, excluding excluded: [ItemIndex] = [],
    threads: Int = Parallel.threads
  ) -> [Candidate] {
    search(
      Matrix(rows: 1, columns: query.count, values: query), count: count,
      excluding: excluded.isEmpty ? nil : Ragged([excluded]), threads: threads
    ).values
  }

  /// The best `count` items for each query, `[queries, dimension]`, one row of candidates a query.
  ///
  /// - Parameters:
  ///   - queries: the query vectors, one a row.
  ///   - count: how many items to find for each.
  ///   - excluded: the items that each query must not find, in any order: what a user has seen.
  ///   - threads: how many threads share the work.
  /// - Returns: for each query its candidates, the best first.
  package func search(
    _ queries: Matrix, count: Int, excluding excluded: Ragged<ItemIndex>? = nil,
    threads: Int = Parallel.threads
  ) -> Ragged<Candidate> {
    guard let excluded else {
      return rows.search(queries, count: count, threads: threads).candidates
    }
    var items = excluded.values.map(\.rawValue)
    for row in 0..<excluded.count {
      items[excluded.offsets[row]..<excluded.offsets[row + 1]].sort()
    }
    return rows.search(
      queries, count: count, excluding: items, offsets: excluded.offsets, threads: threads
    ).candidates
  }

  /// The best `count` items for each query of `interests` vectors, `[queries * interests, dimension]`.
  ///
  /// - Parameters:
  ///   - vectors: the vectors, those of a query one after the other.
  ///   - interests: how many vectors a query has.
  ///   - count: how many items to find for each query.
  ///   - excluded: the items that query `q` must not find are `excluded[offsets[q]..<offsets[q + 1]]`,
  ///     in rising order.
  ///   - offsets: one more than there are queries.
  ///   - threads: how many threads share the work.
  /// - Returns: for each query its items and their scores, the best first.
  package func search(
    _ vectors: Matrix, interests: Int, count: Int, excluding excluded: [Int32], offsets: [Int],
    threads: Int = Parallel.threads
  ) -> FoundRows {
    rows.search(
      vectors, interests: interests, count: count, excluding: excluded, offsets: offsets,
      threads: threads)
  }
}

extension FoundRows {
  /// The rows as items of a catalogue, with their scores.
  var candidates: Ragged<Candidate> {
    Ragged(
      values: zip(rows, scores).map { Candidate(item: ItemIndex(Int($0)), score: $1) },
      offsets: offsets)
  }
}
