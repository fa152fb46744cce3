import CKernels
import CorralData
import CorralVectors

/// One part of a search: some of the items for some of the queries.
struct CatalogueScan: Sendable {
  var items: Range<Int>
  var queries: Range<Int>
  var wanted: Int
  // Set for a search on the calling thread only.
  nonisolated(unsafe) var filter: ck_filter?
  nonisolated(unsafe) var context: UnsafeMutableRawPointer?

  init(items: Range<Int>, queries: Range<Int>, wanted: Int) {
    self.items = items
    self.queries = queries
    self.wanted = min(max(0, wanted), items.count)
  }

  /// Many queries are shared out by query, so that nothing needs merging; few by item.
  static func parts(
    items: Int, queries: Int, wanted: Int, dimension: Int, threads: Int
  ) -> [CatalogueScan] {
    let panel = 32
    if threads < 2 || queries >= threads * panel / 2 {
      // At most 64 MB of candidates a part, and enough queries to read every item once for many.
      let share = (queries + max(1, threads) - 1) / max(1, threads)
      let most = max(panel, min(512, (1 << 22) / max(1, wanted)) / panel * panel)
      let grain = min(most, (share + panel - 1) / panel * panel)
      return Parallel.chunks(of: queries, grain: grain).map {
        CatalogueScan(items: 0..<items, queries: $0, wanted: wanted)
      }
    }
    // A part of the catalogue is worth a thread from about a million multiplications on.
    let shortest = max(1, (1 << 20) / max(1, dimension * queries))
    let grain = max(shortest, (items + 4 * threads - 1) / (4 * threads))
    return Parallel.chunks(of: items, grain: grain).map {
      CatalogueScan(items: $0, queries: 0..<queries, wanted: wanted)
    }
  }
}

/// What one part of a search found, as keys that sort like candidates.
struct ScanResult: Sendable {
  let part: CatalogueScan
  var keys: [UInt64]
  var counts: [Int32]

  init(part: CatalogueScan) {
    self.part = part
    keys = [UInt64](repeating: 0, count: part.wanted * part.queries.count)
    counts = [Int32](repeating: 0, count: part.queries.count)
  }

  /// The keys of one query, numbered within the part.
  func keys(ofQuery query: Int) -> ArraySlice<UInt64> {
    keys[query * part.wanted..<query * part.wanted + Int(counts[query])]
  }

  /// The candidates of one query, numbered within the part.
  func candidates(ofQuery query: Int) -> [Candidate] {
    keys(ofQuery: query).map(Candidate.init(key:))
  }

  /// The results of all parts, one row a query, the best `count` of each.
  static func merged(_ parts: [ScanResult], queries: Int, count: Int) -> Ragged<Candidate> {
    var candidates: [Candidate] = []
    var offsets = [0]
    offsets.reserveCapacity(queries + 1)
    candidates.reserveCapacity(parts.reduce(0) { $0 + $1.keys.count })
    if parts.isEmpty || parts[0].part.queries.count == queries {
      for query in 0..<queries {
        var keys = parts.flatMap { $0.keys(ofQuery: query) }
        if parts.count > 1 { ck_sort_keys(&keys, Int64(keys.count)) }
        candidates += keys.prefix(max(0, count)).lazy.map(Candidate.init(key:))
        offsets.append(candidates.count)
      }
    } else {
      for part in parts {
        for query in 0..<part.part.queries.count {
          candidates += part.keys(ofQuery: query).lazy.map(Candidate.init(key:))
          offsets.append(candidates.count)
        }
      }
    }
    return Ragged(values: candidates, offsets: offsets)
  }
}

extension Candidate {
  /// The candidate that a kernel's key stands for.
  init(key: UInt64) {
    self.init(item: ItemIndex(Int(ck_key_item(key))), score: ck_key_score(key))
  }
}
