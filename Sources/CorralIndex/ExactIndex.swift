import CKernels
public import CorralData
public import CorralVectors

/// Compares a query with every item: always right, and the twin that other kinds are checked
/// against.
///
/// A search costs one multiplication and addition for each element of the catalogue and never
/// holds a queries x items matrix: scores are compared with the worst that is kept while they are
/// in registers. Scores have the same bits for one query as for many, and for any number of threads.
public struct ExactIndex: CandidateIndex {
  /// The items' vectors, `[items, dimension]`; not copied.
  public let items: Matrix
  private let longest: Float

  /// An index over the rows of a matrix: item `i` is row `i`.
  public init(_ items: Matrix) {
    self.items = items
    longest = items.values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return 0 }
      ck_prefer_large_pages(start, Int64(values.count * MemoryLayout<Float>.size))
      nonisolated(unsafe) let rows = start
      let columns = items.columns
      return Parallel.map(items.rows, grain: 1 << 14) { range in
        ck_longest(rows + range.lowerBound * columns, Int64(range.count), Int64(columns))
      }.max() ?? 0
    }
  }

  /// Always true.
  public var isExact: Bool { true }

  /// The number of items.
  public var count: Int { items.rows }

  /// The number of elements of an item's vector, and of a query's.
  public var dimension: Int { items.columns }

  /// The best `count` allowed items, found on the calling thread.
  ///
  /// The filter is asked only for items that are better than the worst that is kept so far.
  public func search(
    _ query: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    check(query.count)
    return query.withUnsafeBufferPointer { query in
      withFilter(isAllowed) { filter, context in
        var part = CatalogueScan(items: 0..<self.count, queries: 0..<1, wanted: count)
        part.filter = filter
        part.context = context
        return scan(part, queries: query, excluded: [], offsets: [])
          .candidates(ofQuery: 0)
      }
    }
  }

  /// The best `count` items besides those excluded, in any order; the threads share the catalogue.
  public func search(
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
  public func search(
    _ queries: Matrix, count: Int, excluding excluded: Ragged<ItemIndex>? = nil,
    threads: Int = Parallel.threads
  ) -> Ragged<Candidate> {
    check(queries.columns)
    if let excluded, excluded.count != queries.rows {
      fatalError("search: \(queries.rows) queries need as many exclusions, not \(excluded.count)")
    }
    let (excludedItems, offsets) = Self.sortedRows(excluded)
    let parts = CatalogueScan.parts(
      items: self.count, queries: queries.rows, wanted: count, dimension: dimension,
      threads: threads)
    return queries.values.withUnsafeBufferPointer { values in
      nonisolated(unsafe) let values = values
      let found = Parallel.map(parts.count, grain: 1, threads: threads) { range in
        scan(
          parts[range.lowerBound], queries: values, excluded: excludedItems, offsets: offsets)
      }
      return ScanResult.merged(found, queries: queries.rows, count: count)
    }
  }

  private func check(_ elements: Int) {
    if elements != dimension {
      fatalError("search: a query of \(elements) elements in an index of dimension \(dimension)")
    }
  }

  /// Every row in rising order, as the kernels need it.
  private static func sortedRows(_ rows: Ragged<ItemIndex>?) -> ([Int32], [Int64]) {
    guard let rows else { return ([], []) }
    var items = rows.values.map(\.rawValue)
    for row in 0..<rows.count { items[rows.offsets[row]..<rows.offsets[row + 1]].sort() }
    return (items, rows.offsets.map(Int64.init))
  }

  /// Searches one part on the calling thread.
  private func scan(
    _ part: CatalogueScan, queries: UnsafeBufferPointer<Float>, excluded: [Int32],
    offsets: [Int64]
  ) -> ScanResult {
    var result = ScanResult(part: part)
    guard let query = queries.baseAddress, part.wanted > 0, !part.items.isEmpty else {
      return result
    }
    items.values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      excluded.withUnsafeBufferPointer { excluded in
        offsets.withUnsafeBufferPointer { offsets in
          var search = ck_search(
            items: start + part.items.lowerBound * dimension, item_count: Int64(part.items.count),
            dimension: Int64(dimension), first_item: Int64(part.items.lowerBound),
            longest_item: longest, queries: query + part.queries.lowerBound * dimension,
            query_count: Int64(part.queries.count), wanted: Int64(part.wanted),
            excluded: nil, excluded_offsets: nil, filter: part.filter, context: part.context)
          if !excluded.isEmpty, let rows = offsets.baseAddress {
            search.excluded = excluded.baseAddress
            search.excluded_offsets = rows + part.queries.lowerBound
          }
          if !ck_find(&search, &result.keys, &result.counts) {
            fatalError(
              "search: no memory for the \(part.wanted) best of \(part.queries.count) queries")
          }
        }
      }
    }
    return result
  }
}

/// Calls a filter from C, where it is a function and a pointer.
private func withFilter<Result>(
  _ isAllowed: (ItemIndex) -> Bool, _ body: (ck_filter, UnsafeMutableRawPointer) -> Result
) -> Result {
  withoutActuallyEscaping(isAllowed) { isAllowed in
    var boxed = isAllowed
    return withUnsafeMutablePointer(to: &boxed) { pointer in
      body(
        { context, item in
          guard let context else { return true }
          return context.assumingMemoryBound(to: ((ItemIndex) -> Bool).self)
            .pointee(ItemIndex(Int(item)))
        }, UnsafeMutableRawPointer(pointer))
    }
  }
}
