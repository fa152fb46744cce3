import CKernels

/// One part of a search: some of the rows for some of the queries.
struct SearchPart: Sendable {
  let rows: Range<Int>
  let queries: Range<Int>
  let wanted: Int

  init(rows: Range<Int>, queries: Range<Int>, wanted: Int) {
    self.rows = rows
    self.queries = queries
    self.wanted = min(max(0, wanted), rows.count)
  }

  /// Cuts a search into parts: by query if there are many, so that nothing needs merging, else by row.
  static func all(
    rows: Int, queries: Int, wanted: Int, dimension: Int, threads: Int
  ) -> [SearchPart] {
    let panel = 32
    let threads = max(1, threads)
    if threads == 1 || queries >= threads * panel / 2 {
      // At most 64 MB of candidates a part, and enough queries to read every row once for many.
      let share = (queries + threads - 1) / threads
      let most = max(panel, min(512, (1 << 22) / max(1, wanted)) / panel * panel)
      let grain = min(most, (share + panel - 1) / panel * panel)
      return Parallel.chunks(of: queries, grain: grain).map {
        SearchPart(rows: 0..<rows, queries: $0, wanted: wanted)
      }
    }
    // A part of the rows is worth a thread from about a million multiplications on.
    let shortest = max(1, (1 << 20) / max(1, dimension * queries))
    let grain = max(shortest, (rows + 4 * threads - 1) / (4 * threads))
    return Parallel.chunks(of: rows, grain: grain).map {
      SearchPart(rows: $0, queries: 0..<queries, wanted: wanted)
    }
  }
}

/// What one part of a search found, as keys that sort like candidates.
struct PartResult: Sendable {
  let part: SearchPart
  var keys: [UInt64]
  var counts: [Int32]

  init(part: SearchPart) {
    self.part = part
    keys = [UInt64](repeating: 0, count: part.wanted * part.queries.count)
    counts = [Int32](repeating: 0, count: part.queries.count)
  }

  /// The keys of one query, numbered within the part, the best first.
  func keys(ofQuery query: Int) -> ArraySlice<UInt64> {
    keys[query * part.wanted..<query * part.wanted + Int(counts[query])]
  }
}

extension FoundRows {
  /// The results of all parts, one list a query, the best `count` of each.
  init(merging parts: [PartResult], queries: Int, count: Int) {
    self.init(queries: queries, capacity: parts.reduce(0) { $0 + $1.keys.count })
    if parts.isEmpty || parts[0].part.queries.count == queries {
      for query in 0..<queries {
        if parts.count == 1 {
          append(parts[0].keys(ofQuery: query))
        } else {
          var keys = parts.flatMap { $0.keys(ofQuery: query) }
          ck_sort_keys(&keys, Int64(keys.count))
          append(keys.prefix(max(0, count)))
        }
      }
    } else {
      for part in parts {
        for query in 0..<part.part.queries.count { append(part.keys(ofQuery: query)) }
      }
    }
  }
}
