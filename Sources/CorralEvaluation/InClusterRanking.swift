package import CorralData
package import CorralVectors

/// Measures models by ranking each target among the items of its own cluster.
///
/// This is the protocol of table 3 of "Divide and Conquer: Towards Better Embedding-based
/// Retrieval for Recommender Systems From a Multi-task Perspective" (Zhang and others, 2023). It
/// asks how well a model orders similar items, and needs no guess of the cluster that a user
/// wants. Seen items are masked, ties broken and unplaced items put last as in `FullRanking`.
///
/// A user has one list for each cluster that holds a target of theirs. Each metric is computed for
/// each list with the targets in it, and a user's value is the mean over the lists, weighted by
/// their targets. With one cluster this is `FullRanking`.
package struct InClusterRanking: Sendable {
  /// Computes the vectors of pairs of a user and a cluster, `[pairs, dimension]`.
  ///
  /// Users rise, the pairs of a user follow each other, and their clusters rise. No pair comes
  /// twice. A model of several interests returns `[pairs * interests, dimension]`, those of a pair
  /// one after the other.
  package typealias PairVectors = (_ users: [UserIndex], _ clusters: [Int32]) throws -> Matrix

  /// The number of pairs in one call of the model's closure, unless a single user has more.
  static let pairsPerBlock = 1024

  /// The users, their targets and what they have met.
  let full: FullRanking
  /// The clusters of the items.
  package let partition: Partition
  /// The cluster of each target, aligned with the values of the targets.
  let targetClusters: [Int32]
  /// The clusters that hold a target, in rising order, one row for each measured user.
  let pairs: Ragged<Int32>

  /// Prepares the ranking of one held-out part of a split within the clusters of a partition of its
  /// items.
  ///
  /// - Throws: what `FullRanking` throws.
  package init(
    of split: Split, part: HeldOut = .test, settings: EvaluationSettings = EvaluationSettings(),
    partition: Partition
  ) throws {
    if partition.clusters.count != split.itemCount {
      fatalError(
        "in-cluster ranking: a partition of \(partition.clusters.count) items for a split of "
          + "\(split.itemCount)")
    }
    var full = try FullRanking(of: split, part: part, settings: settings)
    full.protocolInUse.clusters = partition.count
    targetClusters = full.targets.values.map { partition.clusters[$0.position] }
    var clusters: [Int32] = []
    var offsets = [0]
    for user in 0..<full.targets.count {
      let range = full.targets.offsets[user]..<full.targets.offsets[user + 1]
      clusters += Set(targetClusters[range]).sorted()
      offsets.append(clusters.count)
    }
    pairs = Ragged(values: clusters, offsets: offsets)
    self.full = full
    self.partition = partition
  }

  /// The number of measured users.
  package var userCount: Int { full.userCount }

  /// The number of pairs of a user and a cluster that holds a target of theirs.
  package var pairCount: Int { pairs.values.count }
}
