package import CorralData
package import CorralVectors
import Foundation

extension InClusterRanking {
  /// Measures one model by exact search.
  ///
  /// In addition to the split, memory holds a copy of the items' vectors in order of cluster, and
  /// the vectors and lists of one block of pairs.
  ///
  /// - Parameters:
  ///   - vectors: is called on this thread, once for each pair.
  ///   - items: the items' vectors, `[items, dimension]`.
  ///   - placed: the items that the model can place.
  /// - Returns: the evaluation, whose protocol says that ranks are within clusters.
  /// - Throws: what the closure throws, or `EvaluationError.notANumber`.
  package func evaluate(
    vectors: PairVectors, items: Matrix, placed: PlacedItems = .all
  ) throws -> Evaluation {
    let start = ContinuousClock.now
    try full.check(items)
    let search = ClusterSearch(
      items, partition: partition, rankedCount: full.itemCount, placed: placed)
    var tally = RankTally(full, cutoffs: full.settings.cutoffs, lists: nil)
    var first = 0
    while first < full.userCount {
      let block = block(from: first)
      try note(block, vectors: vectors, search: search, in: &tally)
      first = block.upperBound
    }
    return tally.evaluation(
      of: full, targetClusters: targetClusters, seconds: (ContinuousClock.now - start).inSeconds)
  }

  /// Measures a model that has the same vectors for all clusters.
  ///
  /// Each user is encoded once.
  ///
  /// - Parameters:
  ///   - queries: returns the users' vectors, as for `Scoring.vectors`.
  ///   - items: the items' vectors, `[items, dimension]`.
  ///   - placed: the items that the model can place.
  /// - Returns: the evaluation, whose protocol says that ranks are within clusters.
  /// - Throws: what the closure throws, or `EvaluationError.notANumber`.
  package func evaluate(
    queries: (Range<Int>) throws -> Matrix, items: Matrix, placed: PlacedItems = .all
  ) throws -> Evaluation {
    try evaluate(
      vectors: { users, _ in
        guard let first = users.first, let last = users.last else {
          return Matrix(rows: 0, columns: items.columns)
        }
        let range = first.position..<last.position + 1
        let all = try queries(range)
        let interests = all.rows / range.count
        return all.gathered(
          users.flatMap { user in
            (0..<interests).map { (user.position - first.position) * interests + $0 }
          })
      }, items: items, placed: placed)
  }

  /// Returns as many users from `first` on as have about one block of pairs.
  private func block(from first: Int) -> Range<Int> {
    let end = full.users[first].position + FullRanking.usersPerBlock
    var last = first + 1
    while last < full.userCount, full.users[last].position < end,
      pairs.offsets[last + 1] - pairs.offsets[first] <= Self.pairsPerBlock
    {
      last += 1
    }
    return first..<last
  }

  /// Encodes the pairs of a block of users, and ranks them cluster by cluster.
  private func note(
    _ block: Range<Int>, vectors: PairVectors, search: ClusterSearch, in tally: inout RankTally
  ) throws {
    let rows = block.flatMap { row in pairs[row].map { _ in row } }
    let clusters = Array(
      pairs.values[pairs.offsets[block.lowerBound]..<pairs.offsets[block.upperBound]])
    let users = rows.map { full.users[$0] }
    let encoded = try vectors(users, clusters)
    let interests = max(1, encoded.rows / users.count)
    if encoded.rows != users.count * interests || encoded.columns != search.dimension {
      fatalError(
        "in-cluster ranking: [\(users.count), \(search.dimension)] expected for "
          + "\(users.count) pairs, not [\(encoded.rows), \(encoded.columns)]")
    }
    if let bad = encoded.values.firstIndex(where: { !$0.isFinite }) {
      throw EvaluationError.notANumber(
        "for user \(users[bad / encoded.columns / interests].position)")
    }
    var placesOfCluster = [[Int]](repeating: [], count: partition.count)
    for (place, cluster) in clusters.enumerated() { placesOfCluster[Int(cluster)].append(place) }
    for (cluster, places) in placesOfCluster.enumerated() where !places.isEmpty {
      let lists = search.lists(
        of: cluster,
        encoded.gathered(
          places.flatMap { place in (0..<interests).map { place * interests + $0 } }),
        interests: interests, count: tally.depth
      ) { full.masked[rows[places[$0]]] }
      for (list, place) in places.enumerated() {
        let row = rows[place]
        let all = full.targets.offsets[row]..<full.targets.offsets[row + 1]
        let targets = all.filter { targetClusters[$0] == Int32(cluster) }
        tally.note(
          lists[list], of: row, targets: targets,
          weight: Float(targets.count) / Float(all.count), in: full)
      }
    }
  }
}

/// An exact search within each cluster of a partition.
private struct ClusterSearch {
  let dimension: Int
  /// The ranked and placed items of each cluster, as rows of `searches`.
  private let rows: Ragged<Int32>
  private let searches: [InnerProductSearch]
  /// The ranked items of each cluster that the model cannot place.
  private let unplaced: [[Int32]]
  private let clusters: [Int32]
  /// The row of each item in the search of its cluster; -1 for an item that is in none.
  private let rowOfItem: [Int32]

  init(_ items: Matrix, partition: Partition, rankedCount: Int, placed: PlacedItems) {
    dimension = items.columns
    clusters = partition.clusters
    var rowOfItem = [Int32](repeating: -1, count: items.rows)
    var unplaced: [[Int32]] = []
    let rows = (0..<partition.count).map { cluster in
      let ranked = partition.members[cluster].prefix { $0.position < rankedCount }
      unplaced.append(ranked.lazy.filter { !placed.contains($0) }.map(\.rawValue))
      let found = ranked.lazy.filter { placed.contains($0) }.map(\.rawValue)
      for (row, item) in found.enumerated() { rowOfItem[Int(item)] = Int32(row) }
      return Array(found)
    }
    searches = rows.map { InnerProductSearch(items.gathered($0.lazy.map(Int.init))) }
    self.rows = Ragged(rows)
    self.unplaced = unplaced
    self.rowOfItem = rowOfItem
  }

  /// Returns the best items of a cluster for each query; `masked` are the items that a query's user
  /// has met, in rising order.
  func lists(
    of cluster: Int, _ queries: Matrix, interests: Int, count: Int,
    masked: (Int) -> ArraySlice<Int32>
  ) -> TopLists {
    let items = rows[cluster]
    let queryCount = queries.rows / interests
    var excluded: [Int32] = []
    var offsets = [0]
    for query in 0..<queryCount {
      for item in masked(query)
      where clusters[Int(item)] == Int32(cluster) && rowOfItem[Int(item)] >= 0 {
        excluded.append(rowOfItem[Int(item)])
      }
      offsets.append(excluded.count)
    }
    let found =
      items.isEmpty
      ? nil
      : searches[cluster].search(
        queries, interests: interests, count: min(count, items.count), excluding: excluded,
        offsets: offsets)
    var values: [Int32] = []
    var ends = [0]
    for query in 0..<queryCount {
      if let found {
        values += found.rows[found.offsets[query]..<found.offsets[query + 1]].lazy.map {
          items[items.startIndex + Int($0)]
        }
      }
      let room = count - (values.count - (ends.last ?? 0))
      if room > 0, !unplaced[cluster].isEmpty {
        let hidden = Set(masked(query))
        values += unplaced[cluster].lazy.filter { !hidden.contains($0) }.prefix(room)
      }
      ends.append(values.count)
    }
    return TopLists(items: values, offsets: ends)
  }
}
