package import CorralBaselines
import CorralData
package import CorralIndex
package import CorralModels

/// Divide and conquer (Zhang and others, 2023): the `clusters` block of a settings file.
///
/// Items are cut into clusters. A retriever learns to tell apart the items of each cluster, and a list
/// takes from each cluster a share of its places.
package struct ClusterSettings: Sendable, Codable, Equatable {
  /// Where the clusters of items come from.
  package var kind = Kind.off
  /// The number of clusters, for kinds `item2vec` and `model`.
  package var count = 10
  /// For kind `model`, the folder of a saved model whose item vectors are clustered.
  package var model = ""
  /// For kind `feature`, the column of the item file whose categories are the clusters.
  package var feature = ""
  /// For kind `feature`, which category of an item with several is its cluster.
  package var several = ItemClusters.CategoryRule.first
  /// A cluster of fewer items than this becomes part of another one.
  package var smallest = 10
  /// The number of times that k-means starts anew; the best result is taken.
  package var restarts = 10
  /// For kind `item2vec`, how the vectors that are clustered are learned.
  package var item2vec = Self.vectors
  /// How the retriever is told which cluster a query searches.
  package var task = TaskIdentity.none
  /// How the clusters that a user will choose from are foretold.
  package var intent = Intent()
  /// The power of a cluster's probability that its share of a list is in proportion to: with 0 all
  /// clusters have the same share, and a large one leaves only the most probable cluster.
  package var alpha = 1.0
  /// The largest share of a list that one cluster has while others can fill it; 1 for no limit.
  package var cap = 1.0
  /// How the items of all clusters become one list.
  package var merge = ListMerge.quotas

  /// The defaults: no clusters.
  package init() {}

  /// Where the clusters of items come from.
  package enum Kind: String, Sendable, Codable, CaseIterable {
    /// There are none.
    case off
    /// K-means of item vectors that item2vec learns from the training histories.
    case item2vec
    /// K-means of the item vectors of a saved model.
    case model
    /// The categories of a column of the item file.
    case feature
  }

  /// Throws `SettingError` for the first value that cannot be used, and for values that do not fit the
  /// kind.
  package func validate() throws {
    try SettingError.check("count", count, in: 1...1024)
    try SettingError.check(
      kind != .model || !model.isEmpty, "model", "''",
      "kind model clusters the item vectors of a saved model; give its folder")
    try SettingError.check(
      kind == .model || model.isEmpty, "model", "'\(model)'",
      "kind \(kind.rawValue) does not read it; leave it out, or set kind beside it to model")
    try SettingError.check(
      kind != .feature || !feature.isEmpty, "feature", "''",
      "kind feature makes clusters of a column of the item file; give its name, such as genres")
    try SettingError.check(
      kind == .feature || feature.isEmpty, "feature", "'\(feature)'",
      "kind \(kind.rawValue) does not read it; leave it out, or set kind beside it to feature")
    try SettingError.check("smallest", smallest, atLeast: 1)
    try SettingError.check("restarts", restarts, in: 1...1000)
    try SettingError.within("item2vec") { try item2vec.validate() }
    try SettingError.within("intent") { try intent.validate() }
    try SettingError.check("alpha", alpha, atLeast: 0, such: ", such as 1")
    try SettingError.check(
      cap > 0 && cap <= 1, "cap", cap, "give a share above 0, up to 1 for no limit")
  }

  private static var vectors: Item2VecSettings {
    var vectors = Item2VecSettings()
    (vectors.negatives, vectors.epochs) = (10, 10)
    return vectors
  }
}

extension ClusterSettings {
  /// How the clusters that a user will choose from are foretold: p(cluster | user).
  package struct Intent: Sendable, Codable, Equatable {
    /// What probabilities follow from.
    package var kind = Kind.learned
    /// For kind `history`, the number of items after which an item counts half; 0 counts all alike.
    package var halfLife = 20.0
    /// For kind `history`, how many last items the shares of all users together count as much as.
    package var prior = 1.0
    /// For kind `history`, how many neighbouring users join a user's history; 0 for none.
    package var neighbours = 0
    /// For kind `history` with neighbours, the share of the probabilities that is theirs.
    package var neighbourWeight = 0.5
    /// For kind `learned`, passes over the examples.
    package var epochs = 5
    /// For kind `learned`, the learning rate.
    package var rate: Float = 0.01

    /// The defaults: a softmax that is learned.
    package init() {}

    /// What probabilities follow from.
    package enum Kind: String, Sendable, Codable, CaseIterable {
      /// The user's vector and history, by a softmax that is learned after the retriever.
      case learned
      /// The shares of clusters in the user's history (kNN-Embed: El-Kishky and others, 2022).
      case history
    }

    /// Throws `SettingError` for the first value that cannot be used.
    package func validate() throws {
      try SettingError.check("halfLife", halfLife, atLeast: 0, such: " items, such as 20")
      try SettingError.check("prior", prior, atLeast: 0, such: " items, such as 1")
      try SettingError.check("neighbours", neighbours, in: 0...10_000)
      try SettingError.check(
        kind == .history || neighbours == 0, "neighbours", neighbours,
        "a learned intent does not read it; leave it out, or set kind beside it to history")
      try SettingError.check("neighbourWeight", share: neighbourWeight)
      try SettingError.check("epochs", epochs, in: 1...1000)
      try SettingError.check("rate", aboveZero: rate, such: ", such as 0.01")
    }
  }
}

extension ClusterSettings {
  /// The settings that decide what a retriever learns: without those of its lists.
  package var learned: ClusterSettings {
    var learned = self
    let usual = ClusterSettings()
    (learned.intent, learned.merge) = (usual.intent, usual.merge)
    (learned.alpha, learned.cap) = (usual.alpha, usual.cap)
    return learned
  }
}
