extension InnerProductSearch {
  /// The best `count` rows for each of several queries that have `interests` vectors each: a row's
  /// score is that of the vector that likes it best.
  ///
  /// Each vector is searched for on its own, then the lists of a query are merged: a row that is
  /// among a query's best is among the best of the vector that gives it its score. So this is exact,
  /// and costs `interests` searches.
  ///
  /// - Parameters:
  ///   - vectors: `[queries * interests, dimension]`, those of a query one after the other.
  ///   - interests: how many vectors a query has.
  ///   - count: how many rows to find for each query.
  ///   - excluded: rows that must not be found, as in a search with one vector a query.
  ///   - offsets: one more than there are queries; empty when nothing is excluded.
  ///   - threads: how many threads share the work.
  /// - Returns: for each query its rows, the best first.
  package func search(
    _ vectors: Matrix, interests: Int, count: Int, excluding excluded: [Int32] = [],
    offsets: [Int] = [], threads: Int = Parallel.threads
  ) -> FoundRows {
    merged(
      vectors, interests: interests, count: count, excluding: excluded, offsets: offsets
    ) { excluded, offsets in
      search(vectors, count: count, excluding: excluded, offsets: offsets, threads: threads)
    }
  }

  /// The same for the rows of a range, on the calling thread; a filter is asked for all queries.
  package func search(
    _ vectors: Matrix, interests: Int, in rows: Range<Int>, count: Int,
    excluding excluded: [Int32] = [], offsets: [Int] = [], where isAllowed: ((Int) -> Bool)? = nil
  ) -> FoundRows {
    merged(
      vectors, interests: interests, count: count, excluding: excluded, offsets: offsets
    ) { excluded, offsets in
      search(
        vectors, in: rows, count: count, excluding: excluded, offsets: offsets, where: isAllowed)
    }
  }

  private func merged(
    _ vectors: Matrix, interests: Int, count: Int, excluding excluded: [Int32], offsets: [Int],
    _ search: (_ excluded: [Int32], _ offsets: [Int]) -> FoundRows
  ) -> FoundRows {
    if interests < 1 || vectors.rows % max(interests, 1) != 0 {
      fatalError("search: \(vectors.rows) vectors are not \(interests) for each query")
    }
    if interests == 1 { return search(excluded, offsets) }
    var repeated: [Int32] = []
    var ends = offsets.isEmpty ? [] : [0]
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      for _ in 0..<interests {
        repeated += excluded[start..<end]
        ends.append(repeated.count)
      }
    }
    return FoundRows(bestOf: interests, of: search(repeated, ends), count: count)
  }
}

extension FoundRows {
  /// The best `count` different rows of each group of `interests` lists.
  fileprivate init(bestOf interests: Int, of found: FoundRows, count: Int) {
    let queries = found.count / interests
    self.init(queries: queries, capacity: queries * max(0, count))
    for query in 0..<queries {
      let lists = found.offsets[query * interests]..<found.offsets[(query + 1) * interests]
      var keys = lists.map { TopK.key(found.scores[$0], Int(found.rows[$0])) }
      keys.sort(by: >)
      // Of equal rows the first has the best score.
      var met: Set<Int> = []
      var best: [UInt64] = []
      for key in keys where best.count < count && met.insert(TopK.index(key)).inserted {
        best.append(key)
      }
      append(best[...])
    }
  }
}
