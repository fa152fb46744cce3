package import CorralData

/// A list of candidates from several clusters.
///
/// Place `j` (from 0) of a cluster that fills `M_k` places stands at `(j + 0.5) / M_k`. So every
/// beginning of the list has nearly the same parts. At the same height the cluster with the larger
/// share comes first, then the lower cluster. Scores of different clusters are never compared:
/// vectors that differ from cluster to cluster give scores that do, too.
package struct DividedList: Sendable, Equatable {
  /// The candidates in the order of the list; unplaced items are last, with minus infinity.
  package var candidates: [Candidate]
  /// The cluster of each candidate.
  package var clusters: [Int32]
  /// The placed candidates of each cluster, `[clusters]`.
  package var quotas: [Int]
  /// The share of each cluster that the quotas follow, `[clusters]`.
  package var shares: [Float]

  /// Puts the lists of clusters, each the best first, in the order of places.
  package init(merging lists: [ArraySlice<Candidate>], shares: [Float]) {
    let count = lists.reduce(0) { $0 + $1.count }
    quotas = lists.map(\.count)
    self.shares = shares
    let ranked = Self.ranked(shares)
    var places: [(height: Double, rank: Int32)] = []
    places.reserveCapacity(count)
    for (rank, cluster) in ranked.enumerated() {
      let length = Double(lists[cluster].count)
      for place in lists[cluster].indices {
        // Heights that are equal as fractions are equal as numbers: each is rounded once.
        let position = Double(2 * (place - lists[cluster].startIndex) + 1)
        places.append((position / (2 * length), Int32(rank)))
      }
    }
    places.sort { ($0.height, $0.rank) < ($1.height, $1.rank) }
    var next = lists.map(\.startIndex)
    candidates = []
    clusters = []
    candidates.reserveCapacity(count)
    clusters.reserveCapacity(count)
    for (_, rank) in places {
      let cluster = ranked[Int(rank)]
      candidates.append(lists[cluster][next[cluster]])
      clusters.append(Int32(cluster))
      next[cluster] += 1
    }
  }

  /// The lists of blocks, one after the other.
  init(of blocks: [DividedList], quotas: [Int], shares: [Float]) {
    candidates = blocks.flatMap(\.candidates)
    clusters = blocks.flatMap(\.clusters)
    (self.quotas, self.shares) = (quotas, shares)
  }

  /// The clusters in order of falling share; equal shares in order of cluster.
  private static func ranked(_ shares: [Float]) -> [Int] {
    shares.indices.sorted { (shares[$1], $0) < (shares[$0], $1) }
  }

  /// Adds the unplaced items that fill a list of `count`.
  package mutating func append(
    unplacedOf placed: PlacedItems, upTo count: Int, partition: Partition,
    where isAllowed: (ItemIndex) -> Bool
  ) {
    let last = placed.candidates(after: candidates.count, of: count, where: isAllowed)
    candidates += last
    clusters += last.map { partition.clusters[$0.item.position] }
  }
}
