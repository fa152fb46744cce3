package import CorralData
package import CorralIndex
package import CorralVectors

/// The search of a catalogue in clusters: each cluster fills its share of the list (Divide and
/// Conquer: Zhang and others, 2023).
package struct DividedSearch: Sendable {
  /// Makes the vectors of some requests, those of a request one after the other, and how probable it
  /// is that each chooses from each cluster, `[requests, clusters]`.
  package typealias Encoder = @Sendable (QueryBatch) throws -> (vectors: Matrix, shares: Matrix)

  /// The index inside each cluster.
  package let index: PartitionedIndex
  /// Whether a request has other vectors for each cluster.
  package let isPerCluster: Bool
  /// How the items of all clusters become one list.
  package let merge: ListMerge
  /// What the places of each cluster follow from, where a request does not say.
  package let rule: QuotaRule
  /// The name of each cluster, `[clusters]`; empty if they have none.
  package let names: [String]
  /// What scores are divided by in the softmax over a cluster's items.
  let temperature: Float
  let encoder: Encoder

  /// A search inside the clusters of an index.
  package init(
    _ index: PartitionedIndex, isPerCluster: Bool, merge: ListMerge = .quotas, rule: QuotaRule,
    temperature: Float = 1, names: [String],
    encoder: @escaping Encoder
  ) {
    self.index = index
    self.isPerCluster = isPerCluster
    self.merge = merge
    self.rule = rule
    self.names = names
    self.temperature = temperature
    self.encoder = encoder
  }

  /// The rule of a request.
  func rule(of request: RetrieverStage.Encoded) -> QuotaRule {
    QuotaRule(alpha: request.alpha ?? rule.alpha, cap: rule.cap, block: request.block)
  }

  /// The vectors that an item is scored with, among those of a request.
  func rows(for item: ItemIndex, of count: Int) -> Range<Int> {
    guard isPerCluster else { return 0..<count }
    let interests = count / index.partition.count
    let first = Int(index.partition.clusters[item.position]) * interests
    return first..<first + interests
  }

  /// The list of each of some requests, as long as it asks for; all threads share the requests.
  ///
  /// The clusters of one request stay on the thread that asks, beside which others ask too.
  func candidates(
    for encoded: [RetrieverStage.Encoded], counts: [Int], placed: PlacedItems,
    leavingOut exclusions: [Exclusion]
  ) -> [[Candidate]] {
    Parallel.map(encoded.count, grain: 4) { range in
      range.map { place in
        let asked = merge.search(
          counts[place], rule(of: encoded[place]), clusters: index.partition.count)
        let found = index.search(
          encoded[place].vectors ?? Matrix(rows: 0, columns: index.dimension),
          isPerCluster: isPerCluster, shares: encoded[place].shares, rule: asked.rule,
          count: asked.count, placed: placed, where: exclusions[place].allows)
        return merge.list(
          found, counts[place], alpha: rule(of: encoded[place]).alpha, temperature: temperature)
      }
    }.flatMap(\.self)
  }
}

/// Why an item of a cluster is in a list.
package struct ClusterReason: Sendable, Equatable {
  /// The number of the cluster, from 0.
  package let cluster: Int
  /// Its name; `nil` if it has none.
  package let name: String?
  /// How probable it is that the user chooses from it.
  package let share: Float
  /// How many places of the list it got.
  package let quota: Int
  /// The places of the whole list.
  package let places: Int
}

extension RetrieverStage {
  /// Why each item of a list is in it, given all candidates of the list; empty without clusters.
  package func clusterReasons(
    of items: [ItemIndex], among candidates: some Sequence<ItemIndex>, for encoded: Encoded
  ) -> [ClusterReason] {
    guard case .clusters(let divided, _) = search else { return [] }
    let clusters = divided.index.partition.clusters
    var quotas = [Int](repeating: 0, count: divided.index.partition.count)
    for item in candidates { quotas[Int(clusters[item.position])] += 1 }
    let places = quotas.reduce(0, +)
    return items.map { item in
      let cluster = Int(clusters[item.position])
      return ClusterReason(
        cluster: cluster, name: divided.names.isEmpty ? nil : divided.names[cluster],
        share: encoded.shares[cluster], quota: quotas[cluster], places: places)
    }
  }

  /// Whether a request can say how much the shares of clusters matter.
  package var takesAlpha: Bool { if case .clusters = search { true } else { false } }
}
