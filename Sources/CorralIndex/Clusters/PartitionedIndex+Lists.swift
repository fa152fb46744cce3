package import CorralData
package import CorralVectors

extension PartitionedIndex {
  /// The list of one request, shared out among the clusters.
  ///
  /// Each cluster is searched with its own vectors for as many items as its quota; filters are asked
  /// during the search. What a cluster cannot fill goes to the others, until the list is full or
  /// nothing allowed is left. Allowed items that the model cannot place come last.
  ///
  /// - Parameters:
  ///   - vectors: `[clusters * interests, dimension]`, those of a cluster one after the other, or
  ///     `[interests, dimension]` for all clusters.
  ///   - isPerCluster: whether every cluster has vectors of its own.
  ///   - shares: the share of each cluster, `[clusters]`.
  ///   - rule: what quotas follow from the shares.
  ///   - count: the length of the list.
  ///   - placed: the items that the model can place.
  ///   - threads: how many threads share the clusters.
  ///   - isAllowed: whether an item may be found.
  /// - Returns: the list.
  package func search(
    _ vectors: Matrix, isPerCluster: Bool, shares: [Float], rule: QuotaRule, count: Int,
    placed: PlacedItems = .all, threads: Int = 1,
    where isAllowed: @Sendable (ItemIndex) -> Bool
  ) -> DividedList {
    let interests = interests(vectors, isPerCluster: isPerCluster, requests: 1)
    check(shares: shares.count)
    var filling = ListFilling(count, rule: rule, shares: shares, sizes: sizes)
    let areAllPlaced = placed.areAll
    while true {
      let open = filling.open.sorted { (size($1), $0) < (size($0), $1) }
      if open.isEmpty { break }
      let quotas = filling.quotas
      let found = Parallel.map(open.count, grain: 1, threads: threads) { place in
        let cluster = open[place.lowerBound]
        let first = isPerCluster ? cluster * interests : 0
        return candidates(
          cluster, vectors.gathered(first..<first + interests), count: quotas[cluster], of: count
        ) { (areAllPlaced || placed.contains($0)) && isAllowed($0) }
      }
      for (cluster, candidates) in zip(open, found) { filling.take(candidates, from: cluster) }
      filling.settle()
    }
    var list = filling.list
    list.append(
      unplacedOf: placed, upTo: min(count, self.count), partition: partition, where: isAllowed)
    return list
  }

  /// The number of items of each cluster.
  var sizes: [Int] { (0..<partition.count).map(size) }

  /// The number of items of a cluster.
  func size(_ cluster: Int) -> Int { partition.members[cluster].count }

  /// How many vectors a request has for each cluster.
  func interests(_ vectors: Matrix, isPerCluster: Bool, requests: Int) -> Int {
    let groups = requests * (isPerCluster ? partition.count : 1)
    if vectors.columns != dimension || groups > 0 && vectors.rows % groups != 0 {
      fatalError(
        "search: vectors [\(vectors.rows), \(vectors.columns)] for \(groups) searches among "
          + "vectors of \(dimension)")
    }
    return groups == 0 ? 0 : vectors.rows / groups
  }

  func check(shares: Int) {
    if shares != partition.count {
      fatalError("search: \(shares) shares of \(partition.count) clusters")
    }
  }
}
