/// A catalogue cut into disjoint clusters: the cluster of each item, and the items of each cluster.
package struct Partition: Sendable, Equatable {
  /// The cluster of each item, `[items]`.
  package let clusters: [Int32]
  /// The items of each cluster, in rising order.
  package let members: Ragged<ItemIndex>

  /// A partition by the cluster of each item; clusters are below `count`.
  ///
  /// `O(items + count)` time.
  package init(clusters: [Int32], count: Int) {
    var offsets = [Int](repeating: 0, count: count + 1)
    for (item, cluster) in clusters.enumerated() {
      guard 0 <= cluster, cluster < count else {
        fatalError("a partition into \(count) clusters has no cluster \(cluster) for item \(item)")
      }
      offsets[Int(cluster) + 1] += 1
    }
    for cluster in 0..<count { offsets[cluster + 1] += offsets[cluster] }
    var next = offsets
    var items = [ItemIndex](repeating: ItemIndex(0), count: clusters.count)
    for (item, cluster) in clusters.enumerated() {
      items[next[Int(cluster)]] = ItemIndex(item)
      next[Int(cluster)] += 1
    }
    self.clusters = clusters
    members = Ragged(values: items, offsets: offsets)
  }

  /// The number of clusters, the empty ones included.
  package var count: Int { members.count }

  /// Returns the cluster of each of some items.
  package func clusters(of items: [ItemIndex]) -> [Int32] { items.map { clusters[$0.position] } }
}
