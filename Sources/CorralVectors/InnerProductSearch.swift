import CKernels

/// Finds the rows of a matrix that have the largest inner products with query vectors, exactly.
///
/// A search costs one multiplication and addition for each element of the matrix and never holds a
/// queries x rows matrix: scores are compared with the worst that is kept while they are in
/// registers. A score is summed over the elements in their order, so it has the same bits for one
/// query as for many, and for any number of threads. Equal scores are in order of row; `nan` and
/// minus infinity are never found.
package struct InnerProductSearch: Sendable {
  /// The rows, not copied.
  package let matrix: Matrix
  private let longest: Float

  /// A search over the rows of a matrix; one pass over it prepares for single queries.
  package init(_ matrix: Matrix) {
    self.matrix = matrix
    matrix.values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      ck_prefer_large_pages(start, Int64(values.count * MemoryLayout<Float>.size))
    }
    longest = matrix.longestRow
  }

  /// The best `count` allowed rows for one query, found on the calling thread.
  ///
  /// The filter is asked only for rows that are better than the worst that is kept so far.
  package func search(
    _ query: [Float], count: Int, where isAllowed: (Int) -> Bool
  ) -> FoundRows {
    search(query, in: 0..<matrix.rows, count: count, where: isAllowed)
  }

  /// The best `count` allowed rows of a range for one query, found on the calling thread.
  package func search(
    _ query: [Float], in rows: Range<Int>, count: Int, where isAllowed: (Int) -> Bool
  ) -> FoundRows {
    let query = Matrix(rows: 1, columns: query.count, values: query)
    return withFilter(isAllowed) { filter, context in
      search(
        query, in: rows, count: count, excluding: [], offsets: [], filter: filter,
        context: context)
    }
  }

  /// The best `count` rows of a range for each query, found on the calling thread.
  ///
  /// Rows are excluded as in a search by threads. A filter is asked for all queries.
  package func search(
    _ queries: Matrix, in rows: Range<Int>, count: Int, excluding excluded: [Int32] = [],
    offsets: [Int] = [], where isAllowed: ((Int) -> Bool)? = nil
  ) -> FoundRows {
    guard let isAllowed else {
      return search(
        queries, in: rows, count: count, excluding: excluded, offsets: offsets, filter: nil,
        context: nil)
    }
    return withFilter(isAllowed) { filter, context in
      search(
        queries, in: rows, count: count, excluding: excluded, offsets: offsets, filter: filter,
        context: context)
    }
  }

  private func search(
    _ queries: Matrix, in rows: Range<Int>, count: Int, excluding excluded: [Int32],
    offsets: [Int], filter: ck_filter?, context: UnsafeMutableRawPointer?
  ) -> FoundRows {
    check(queries, offsets)
    let part = SearchPart(rows: rows, queries: 0..<queries.rows, wanted: count)
    let found = queries.values.withUnsafeBufferPointer { values in
      search(
        part, queries: values, excluded: excluded, offsets: offsets.map(Int64.init),
        filter: filter, context: context)
    }
    return FoundRows(merging: [found], queries: queries.rows, count: count)
  }

  /// The best `count` rows for each query, `[queries, dimension]`.
  ///
  /// - Parameters:
  ///   - queries: the query vectors, one a row.
  ///   - count: how many rows to find for each.
  ///   - excluded: rows that must not be found: those of query `q`, in rising order, are
  ///     `excluded[offsets[q]..<offsets[q + 1]]`.
  ///   - offsets: one more than there are queries; empty when nothing is excluded.
  ///   - threads: how many threads share the work.
  /// - Returns: for each query its rows, the best first.
  package func search(
    _ queries: Matrix, count: Int, excluding excluded: [Int32] = [], offsets: [Int] = [],
    threads: Int = Parallel.threads
  ) -> FoundRows {
    check(queries, offsets)
    let wideOffsets = offsets.map(Int64.init)
    let parts = SearchPart.all(
      rows: matrix.rows, queries: queries.rows, wanted: count, dimension: matrix.columns,
      threads: threads)
    return queries.values.withUnsafeBufferPointer { values in
      nonisolated(unsafe) let values = values
      let found = Parallel.map(parts.count, grain: 1, threads: threads) { range in
        search(
          parts[range.lowerBound], queries: values, excluded: excluded, offsets: wideOffsets,
          filter: nil, context: nil)
      }
      return FoundRows(merging: found, queries: queries.rows, count: count)
    }
  }

  private func check(_ queries: Matrix, _ offsets: [Int]) {
    if queries.columns != matrix.columns {
      fatalError(
        "search: a query of \(queries.columns) elements among vectors of \(matrix.columns)")
    }
    if !offsets.isEmpty, offsets.count != queries.rows + 1 {
      fatalError(
        "search: \(queries.rows) queries need as many exclusions, not \(offsets.count - 1)")
    }
  }

  /// Searches one part on the calling thread.
  private func search(
    _ part: SearchPart, queries: UnsafeBufferPointer<Float>, excluded: [Int32], offsets: [Int64],
    filter: ck_filter?, context: UnsafeMutableRawPointer?
  ) -> PartResult {
    var result = PartResult(part: part)
    guard let query = queries.baseAddress, part.wanted > 0 else { return result }
    let dimension = matrix.columns
    matrix.values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      excluded.withUnsafeBufferPointer { excluded in
        offsets.withUnsafeBufferPointer { offsets in
          var search = ck_search(
            items: start + part.rows.lowerBound * dimension, item_count: Int64(part.rows.count),
            dimension: Int64(dimension), first_item: Int64(part.rows.lowerBound),
            longest_item: longest, queries: query + part.queries.lowerBound * dimension,
            query_count: Int64(part.queries.count), wanted: Int64(part.wanted),
            excluded: nil, excluded_offsets: nil, filter: filter, context: context)
          if !excluded.isEmpty, let first = offsets.baseAddress {
            search.excluded = excluded.baseAddress
            search.excluded_offsets = first + part.queries.lowerBound
          }
          if !ck_find(ck_active_level(), &search, &result.keys, &result.counts) {
            MachineMemory.exhausted(
              "the \(part.wanted) best items of \(part.queries.count) queries")
          }
        }
      }
    }
    return result
  }
}

extension Matrix {
  /// The length of the longest row, 0 without rows; infinite where its square is beyond floats.
  ///
  /// One pass on all threads. Rows that hold no numbers may be passed over.
  package var longestRow: Float {
    values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return 0 }
      nonisolated(unsafe) let first = start
      return Parallel.map(rows, grain: 1 << 14) { range in
        ck_longest(first + range.lowerBound * columns, Int64(range.count), Int64(columns))
      }.max() ?? 0
    }
  }
}

/// Calls a filter from C, where it is a function and a pointer.
private func withFilter<Result>(
  _ isAllowed: (Int) -> Bool, _ body: (ck_filter, UnsafeMutableRawPointer) -> Result
) -> Result {
  withoutActuallyEscaping(isAllowed) { isAllowed in
    var boxed = isAllowed
    return withUnsafeMutablePointer(to: &boxed) { pointer in
      body(
        { context, item in
          guard let context else { return true }
          return context.assumingMemoryBound(to: ((Int) -> Bool).self).pointee(Int(item))
        }, UnsafeMutableRawPointer(pointer))
    }
  }
}
