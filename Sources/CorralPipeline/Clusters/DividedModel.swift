package import CorralArtifacts
package import CorralData
package import CorralEvaluation
package import CorralIndex
package import CorralModels
package import CorralServing
package import CorralTraining
package import CorralVectors
import Foundation

/// The clusters of a model's items, and how probable each is for a user.
package struct ModelClusters: Sendable {
  /// The clusters.
  package let items: ItemClusters
  /// p(cluster | user).
  package let intent: ClusterIntent
  /// How good the probabilities are on validation; `nil` if that was not measured.
  package var report: IntentReport?
  /// What scores are divided by, so that the softmax over a cluster's items says how probable each is.
  package var temperature: Float = 1

  /// Creates a value of its parts.
  package init(items: ItemClusters, intent: ClusterIntent, report: IntentReport? = nil) {
    self.items = items
    self.intent = intent
    self.report = report
  }

  /// The clusters of a trained model, and what foretells those of its users' next items, learned on the
  /// training part of a split.
  ///
  /// Throws `TrainingError` if there is nothing to learn from.
  package init(
    _ items: ItemClusters, of model: TrainedModel, _ settings: ClusterSettings.Intent,
    on split: Split, seed: UInt64
  ) throws {
    let encoder: UserEncoder
    if case .network(let network) = model {
      encoder = UserEncoder(network)
    } else {
      encoder = UserEncoder { try model.vectors(for: $0) }
    }
    let (intent, report) = try IntentTraining(
      settings, on: split, partition: items.partition, seed: seed
    ).intent(for: encoder)
    self.init(items: items, intent: intent, report: report)
    temperature = try DividedModel(model: model, clusters: self, settings: ClusterSettings())
      .choiceTemperature(on: split)
  }

  /// The clusters of a saved model; `nil` for a model without.
  ///
  /// Throws `ArtifactError`, `SafetensorsError` or `IndexError` for damaged ones.
  package init?(_ saved: SavedModel, itemCount: Int) throws {
    guard saved.contains(ModelFile.clusters) else { return nil }
    let file = try saved.tensors(ModelFile.clusters)
    items = try ItemClusters(file, itemCount: itemCount)
    intent = try ClusterIntent(file, partition: items.partition)
    report = file.metadata[Self.reportKey].flatMap {
      try? JSONDecoder().decode(IntentReport.self, from: Data($0.utf8))
    }
    temperature = file.metadata[Self.temperatureKey].flatMap(Float.init) ?? 1
  }

  private static let reportKey = "intent.report"
  private static let temperatureKey = "choice.temperature"

  /// Writes the clusters into a model folder.
  package func write(to folder: ModelFolder) throws {
    var metadata = items.metadata.merging(intent.metadata) { own, _ in own }
    if let report {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      metadata[Self.reportKey] = String(decoding: try encoder.encode(report), as: UTF8.self)
    }
    metadata[Self.temperatureKey] = "\(temperature)"
    try folder.write(items.tensors + intent.tensors, metadata: metadata, as: ModelFile.clusters)
  }
}

/// A trained retriever of any kind over clusters: the vectors that each is searched with, and how
/// probable each is.
package struct DividedModel {
  let model: TrainedModel
  let clusters: ModelClusters
  let settings: ClusterSettings

  /// Whether the retriever has a vector of its own for each cluster.
  package var isPerCluster: Bool { model.network?.tasks != nil }

  /// The clusters that a search goes through; `nil` for an ordinary search of the whole catalogue.
  package var searched: Partition? {
    settings.merge == .score && !isPerCluster ? nil : clusters.items.partition
  }

  /// What quotas follow from.
  package var rule: QuotaRule { QuotaRule(alpha: settings.alpha, cap: settings.cap) }

  /// The vectors of some requests, `[requests * clusters * interests, dimension]` or
  /// `[requests * interests, dimension]`, and the shares of the clusters, `[requests, clusters]`.
  package func encoded(_ batch: QueryBatch) throws -> (vectors: Matrix, shares: Matrix) {
    if let network = model.network, isPerCluster {
      let (vectors, plain) = network.taskVectors(for: batch)
      return (vectors, shares(plain, batch.histories))
    }
    let vectors = try model.vectors(for: batch)
    return (vectors, shares(vectors, batch.histories))
  }

  /// The same for some users with what is known of each, as an evaluation asks for them.
  private func encoded(
    _ users: Range<Int>, histories: Ragged<ItemIndex>
  ) throws -> (vectors: Matrix, shares: Matrix) {
    let own = Ragged(users.lazy.map { histories[$0] })
    if model.network != nil {
      return try encoded(QueryBatch(users: users.map { UserIndex($0) }, histories: own))
    }
    let vectors = model.queries(users, histories: histories)
    return (vectors, shares(vectors, own))
  }

  /// The shares of some requests, given their vectors that are told no cluster.
  private func shares(_ vectors: Matrix, _ histories: Ragged<ItemIndex>) -> Matrix {
    let columns = vectors.values.count / max(1, histories.count)
    return clusters.intent.shares(
      vectors: Matrix(rows: histories.count, columns: columns, values: vectors.values),
      histories: histories)
  }

  /// The search that serves, through an index.
  func search(_ index: PartitionedIndex) -> DividedSearch {
    DividedSearch(
      index, isPerCluster: isPerCluster, merge: settings.merge, rule: rule,
      temperature: clusters.temperature,
      names: clusters.items.names, encoder: { try encoded($0) })
  }

  /// How an evaluation asks for the lists that the model serves, found through an index.
  func scoring(through index: PartitionedIndex, _ split: Split, part: HeldOut) -> Scoring {
    let histories = split.histories(before: part)
    let model = model.placed
    // New items are not ranked.
    let placed = PlacedItems(
      (0..<split.itemCount).map {
        $0 < split.interactedItemCount && model.contains(ItemIndex($0))
      })
    return .lists(placed: model) { users, count, masked in
      let (vectors, shares) = try encoded(users, histories: histories)
      let asked = settings.merge.search(count, rule, clusters: index.partition.count)
      return index.search(
        vectors, isPerCluster: isPerCluster, shares: shares, rule: asked.rule, count: asked.count,
        placed: placed, excluding: masked
      ).map {
        settings.merge.list($0, count, alpha: rule.alpha, temperature: clusters.temperature).filter
        {
          placed.contains($0.item)
        }.map(\.item)
      }
    }
  }
}

extension TrainedModel {
  /// How an evaluation asks for what the model finds: by exact search, in its clusters if it has some.
  package func scoring(
    _ split: Split, part: HeldOut, clusters: ModelClusters?, _ settings: ClusterSettings
  ) throws -> Scoring {
    guard let clusters else { return scoring(split, part: part) }
    let divided = DividedModel(model: self, clusters: clusters, settings: settings)
    guard let partition = divided.searched else { return scoring(split, part: part) }
    let index = try PartitionedIndex(
      itemVectors(), partition: partition, settings: IndexSettings())
    return divided.scoring(through: index, split, part: part)
  }
}
