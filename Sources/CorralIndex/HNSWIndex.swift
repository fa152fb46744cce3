import CHNSW
package import CorralData
package import CorralVectors

/// Walks a graph of neighbours to the items with the largest inner products: a hierarchical
/// navigable small world (Malkov and Yashunin, 2016), in the memory of hnswlib's graphs.
///
/// A search looks at a few thousand items whatever the size of the catalogue, and finds nearly all
/// of the best; `IndexCheck` says how many. Filters are asked during the walk. When it finds fewer
/// items than it was asked for, all are scanned, so that a result is only ever short for lack of
/// allowed items. Scores have the bits that `ExactIndex` finds.
package struct HNSWIndex: CandidateIndex {
  /// The number of items.
  package let count: Int
  /// The number of elements of an item's vector, and of a query's.
  package let dimension: Int
  /// How the graph was made and is searched.
  package let settings: IndexSettings
  /// `nil` when there are no items.
  let graph: HNSWGraph?

  init(count: Int, dimension: Int, settings: IndexSettings, graph: HNSWGraph?) {
    self.count = count
    self.dimension = dimension
    self.settings = settings
    self.graph = graph
  }

  /// Makes the graph of the rows of a matrix, which are copied: item `i` is row `i`.
  ///
  /// Takes about 90 s for a million items of 64 elements on two threads. Throws `SettingError` for
  /// settings out of range and `IndexError` for vectors that are not finite.
  package init(_ items: Matrix, settings: IndexSettings = IndexSettings(), seed: UInt64 = 1) throws
  {
    try settings.check()
    try IndexError.checkFinite(items)
    var graph: HNSWGraph?
    if items.rows > 0 {
      var shape = chnsw_settings(
        links: Int64(settings.m), ef_construction: Int64(settings.efConstruction), seed: seed,
        threads: settings.construction == .parallel ? Int64(Parallel.threads) : 1)
      var kernels = HNSWGraph.kernels
      graph = try HNSWGraph {
        chnsw_build(
          items.values, Int64(items.rows), Int64(items.columns), &shape, &kernels, $0)
      }
    }
    self.init(count: items.rows, dimension: items.columns, settings: settings, graph: graph)
  }

  /// The same graph, not copied, whose searches keep another number of candidates.
  ///
  /// Throws `SettingError` when the number is out of range.
  package func searching(ef: Int) throws -> HNSWIndex {
    var settings = settings
    settings.ef = ef
    try settings.check()
    return HNSWIndex(count: count, dimension: dimension, settings: settings, graph: graph)
  }

  /// Always false.
  package var isExact: Bool { false }

  /// The memory that the graph and its copy of the vectors hold.
  package var byteCount: Int { graph.map { Int(chnsw_bytes($0.handle)) } ?? 0 }

  /// The best `count` allowed items that the walk finds.
  package func search(
    _ query: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    withoutActuallyEscaping(isAllowed) { isAllowed in
      var boxed = isAllowed
      return withUnsafeMutablePointer(to: &boxed) { pointer in
        search(
          query[...], count: count,
          filter: { context, item in
            guard let context else { return true }
            return context.assumingMemoryBound(to: ((ItemIndex) -> Bool).self)
              .pointee(ItemIndex(Int(item)))
          }, context: UnsafeMutableRawPointer(pointer))
      }
    }
  }

  /// The best `count` items that the walk finds, any of them.
  package func search(_ query: [Float], count: Int) -> [Candidate] {
    search(query[...], count: count, filter: nil, context: nil)
  }

  /// The best `count` items for each query, `[queries, dimension]`; threads share the queries.
  package func search(
    _ queries: Matrix, count: Int, threads: Int = Parallel.threads
  ) -> Ragged<Candidate> {
    let found = Parallel.map(queries.rows, grain: 8, threads: threads) { range in
      range.map { search(queries[$0], count: count, filter: nil, context: nil) }
    }
    return Ragged(found.joined())
  }

  private func search(
    _ query: ArraySlice<Float>, count: Int, filter: chnsw_filter?,
    context: UnsafeMutableRawPointer?
  ) -> [Candidate] {
    if query.count != dimension {
      fatalError(
        "search: a query of \(query.count) elements among vectors of \(dimension)")
    }
    let wanted = min(max(0, count), self.count)
    guard let graph, wanted > 0 else { return [] }
    var items = [Int32](repeating: 0, count: wanted)
    var scores = [Float](repeating: 0, count: wanted)
    var found: Int64 = 0
    let done = query.withUnsafeBufferPointer { query in
      query.baseAddress.map {
        chnsw_search(
          graph.handle, $0, Int64(wanted), Int64(settings.ef), filter, context, &items, &scores,
          &found)
      } ?? true
    }
    if !done { fatalError("search: \(String(cString: chnsw_last_error()))") }
    return (0..<Int(found)).map { Candidate(item: ItemIndex(Int(items[$0])), score: scores[$0]) }
  }
}
