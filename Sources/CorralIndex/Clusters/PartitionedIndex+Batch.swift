package import CorralData
package import CorralVectors

extension PartitionedIndex {
  /// The lists of many requests, each as `search` finds it for one.
  ///
  /// Exact clusters are compared with many requests while their vectors are in the cache. Other
  /// indexes are searched request by request.
  ///
  /// - Parameters:
  ///   - vectors: `[requests * clusters * interests, dimension]`, or `[requests * interests,
  ///     dimension]` for all clusters: those of a request one after the other.
  ///   - isPerCluster: whether every cluster has vectors of its own.
  ///   - shares: the shares of each request, `[requests, clusters]`.
  ///   - rule: what quotas follow from the shares.
  ///   - count: the length of each list.
  ///   - placed: the items that the model can place.
  ///   - excluded: the items that each request must not find, in any order, one row a request.
  ///   - threads: how many threads share the work; the lists do not depend on it.
  /// - Returns: the list of each request.
  package func search(
    _ vectors: Matrix, isPerCluster: Bool, shares: Matrix, rule: QuotaRule, count: Int,
    placed: PlacedItems = .all, excluding excluded: Ragged<ItemIndex>? = nil,
    threads: Int = Parallel.threads
  ) -> [DividedList] {
    let requests = shares.rows
    check(shares: shares.columns)
    if excluded?.count ?? requests != requests {
      fatalError("search: \(requests) requests with \(excluded?.count ?? 0) rows of exclusions")
    }
    let vectors = RequestVectors(
      vectors, interests: interests(vectors, isPerCluster: isPerCluster, requests: requests),
      clusters: isPerCluster ? partition.count : 1)
    let left = (0..<requests).map { excluded?[$0].sorted() ?? [] }
    if settings.kind != .exact {
      return Parallel.map(requests, grain: 1, threads: threads) { range in
        let request = range.lowerBound
        return search(
          vectors.all(of: request), isPerCluster: isPerCluster, shares: Array(shares[request]),
          rule: rule, count: count, placed: placed
        ) { !left[request].containsSorted($0) }
      }
    }
    let sizes = sizes
    var fillings = (0..<requests).map {
      ListFilling(count, rule: rule, shares: Array(shares[$0]), sizes: sizes)
    }
    let rows = RowExclusions(left, of: partition)
    while true {
      let open = (0..<partition.count).flatMap { blocks(of: $0, fillings) }
      if open.isEmpty { break }
      let found = Parallel.map(open.count, grain: 1, threads: threads) {
        candidates(of: open[$0.lowerBound], vectors, excluding: rows, placed)
      }
      for (block, lists) in zip(open, found) {
        for (request, list) in zip(block.requests, lists) {
          fillings[request].take(list, from: block.cluster)
        }
      }
      for request in fillings.indices { fillings[request].settle() }
    }
    let filled = fillings
    return Parallel.map(requests, grain: 16, threads: threads) { range in
      range.map { request in
        var list = filled[request].list
        list.append(
          unplacedOf: placed, upTo: min(count, self.count), partition: partition
        ) { !left[request].containsSorted($0) }
        return list
      }
    }.flatMap(\.self)
  }

  /// Requests that search a cluster together for up to `count` items each.
  private struct Block: Sendable {
    let cluster: Int
    var requests: [Int]
    let count: Int
  }

  /// The requests that a cluster is open for, in blocks of such with quotas of about the same size.
  private func blocks(of cluster: Int, _ fillings: [ListFilling]) -> [Block] {
    let open = fillings.indices.filter { fillings[$0].isOpen(cluster) }
    let falling = open.sorted {
      (fillings[$1].quotas[cluster], $0) < (fillings[$0].quotas[cluster], $1)
    }
    var blocks: [Block] = []
    for panel in Parallel.chunks(of: falling.count, grain: Self.panel) {
      let count = fillings[falling[panel.lowerBound]].quotas[cluster]
      if let last = blocks.last, 2 * count >= last.count, last.requests.count < 4 * Self.panel {
        blocks[blocks.count - 1].requests += falling[panel]
      } else {
        blocks.append(Block(cluster: cluster, requests: Array(falling[panel]), count: count))
      }
    }
    return blocks
  }

  /// How many requests are compared with a row at once.
  private static var panel: Int { 32 }

  /// The best allowed items of a block's cluster for each of its requests.
  private func candidates(
    of block: Block, _ vectors: RequestVectors, excluding excluded: RowExclusions,
    _ placed: PlacedItems
  ) -> [[Candidate]] {
    guard case .rows(let part) = parts[block.cluster] else { return [] }
    let items = partition.members.values
    let (left, offsets) = excluded.rows(of: block.requests, in: part.rows)
    let found = part.search.search(
      vectors.gathered(block.requests, cluster: block.cluster), interests: vectors.interests,
      in: part.rows, count: block.count, excluding: left, offsets: offsets,
      where: placed.areAll ? nil : { placed.contains(items[$0]) })
    return block.requests.indices.map { place in
      found[place].map {
        Candidate(item: items[Int(found.rows[$0])], score: found.scores[$0])
      }
    }
  }
}

/// The excluded rows of each request, where items lie cluster by cluster.
private struct RowExclusions: Sendable {
  // In rising order.
  private let rows: [[Int32]]

  init(_ excluded: [[ItemIndex]], of partition: Partition) {
    guard excluded.contains(where: { !$0.isEmpty }) else {
      rows = []
      return
    }
    var places = [Int32](repeating: 0, count: partition.clusters.count)
    for (row, item) in partition.members.values.enumerated() { places[item.position] = Int32(row) }
    rows = excluded.map { $0.map { places[$0.position] }.sorted() }
  }

  /// The excluded rows of some requests in a range, and where those of each begin and end.
  func rows(of requests: [Int], in range: Range<Int>) -> (rows: [Int32], offsets: [Int]) {
    if rows.isEmpty { return ([], []) }
    var found: [Int32] = []
    var offsets = [0]
    for request in requests {
      let own = rows[request]
      let first = own.partitioningIndex { Int($0) >= range.lowerBound }
      let end = own.partitioningIndex { Int($0) >= range.upperBound }
      found += own[first..<end]
      offsets.append(found.count)
    }
    return (found, offsets)
  }
}

extension [ItemIndex] {
  /// Whether an item is among these, which are in rising order.
  fileprivate func containsSorted(_ item: ItemIndex) -> Bool {
    let place = partitioningIndex { $0 >= item }
    return place < count && self[place] == item
  }
}
