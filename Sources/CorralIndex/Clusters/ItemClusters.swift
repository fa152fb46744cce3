package import CorralData
package import CorralVectors

/// The clusters of a catalogue that retrieval is divided among, and what they were made of.
package struct ItemClusters: Sendable, Equatable {
  /// The clusters; none is empty unless the catalogue is.
  package let partition: Partition
  /// The name of each cluster of categories, `[clusters]`; empty for k-means.
  package let names: [String]
  /// What k-means compared, `[items, dimension]`: unit length, or zeros for items without a vector.
  ///
  /// `nil` for categories.
  package let vectors: Matrix?
  /// The means of the clusters, `[clusters, dimension]`; `nil` for categories.
  package let centres: Matrix?
  /// One line that says what the clusters were made of, such as "10 clusters of item2vec vectors".
  package let origin: String
  /// How many small or empty clusters became part of others.
  package let merged: Int

  /// Creates a value of its parts, which fit together.
  init(
    partition: Partition, names: [String], vectors: Matrix?, centres: Matrix?, origin: String,
    merged: Int
  ) {
    self.partition = partition
    self.names = names
    self.vectors = vectors
    self.centres = centres
    self.origin = origin
    self.merged = merged
  }

  /// The number of clusters.
  package var count: Int { partition.count }

  /// The number of items.
  package var itemCount: Int { partition.clusters.count }

  /// The interactions of each cluster, `[clusters]`, given those of each item.
  package func interactions(_ counts: [Int]) -> [Int] {
    var sums = [Int](repeating: 0, count: count)
    for (cluster, interactions) in zip(partition.clusters, counts) {
      sums[Int(cluster)] += interactions
    }
    return sums
  }

  /// The share of each cluster in all interactions, `[clusters]`; alike if there are none.
  package func shares(_ counts: [Int]) -> [Float] {
    let sums = interactions(counts)
    let total = sums.reduce(0, +)
    return sums.map { total > 0 ? Float(Double($0) / Double(total)) : 1 / Float(count) }
  }

  /// Sizes and shares for a table or a report.
  package func summary(counts: [Int]) -> ClusterSummary {
    let sizes = (0..<count).map { partition.members[$0].count }
    return ClusterSummary(
      origin: origin, names: names, sizes: sizes,
      imbalance: itemCount == 0
        ? 1 : Double((sizes.max() ?? 0) * count) / Double(itemCount),
      shares: shares(counts), merged: merged)
  }

  /// Some items that stand for each cluster, the best first.
  ///
  /// They are nearest the centre, among items with a vector and with as many interactions as the mean
  /// item of the cluster: others are known to few. For categories they are those with the most
  /// interactions. Ties are in order of item.
  package func representatives(_ most: Int, counts: [Int]) -> [[ItemIndex]] {
    let interactions = counts.isEmpty ? [] : self.interactions(counts)
    return (0..<count).map { cluster in
      var best = TopK(most)
      let members = partition.members[cluster]
      let mean = interactions.isEmpty ? 0 : interactions[cluster] / max(1, members.count)
      for item in members {
        guard let vectors, let centres else {
          best.insert(item.position, score: Float(counts[item.position]))
          continue
        }
        let vector = vectors[item.position]
        guard vector.contains(where: { $0 != 0 }), counts.isEmpty || counts[item.position] >= mean
        else { continue }
        best.insert(item.position, score: -vector.squaredDistance(to: centres[cluster]))
      }
      return best.sorted().map { ItemIndex($0.index) }
    }
  }
}

/// What a person wants to know about clusters.
package struct ClusterSummary: Codable, Sendable, Equatable {
  /// What the clusters were made of.
  package let origin: String
  /// The names of clusters of categories; empty for k-means.
  package let names: [String]
  /// The number of items of each cluster.
  package let sizes: [Int]
  /// The largest size over the mean size: 1 for clusters of the same size.
  package let imbalance: Double
  /// The share of each cluster in all interactions.
  package let shares: [Float]
  /// How many small or empty clusters became part of others.
  package let merged: Int
}

extension Collection<Float> {
  /// The squared distance to a vector of as many elements.
  func squaredDistance(to other: some Collection<Float>) -> Float {
    zip(self, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
