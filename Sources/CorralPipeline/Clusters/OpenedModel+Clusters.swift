package import CorralArtifacts
package import CorralData
package import CorralEvaluation
import CorralIndex
import CorralModels
import CorralSettings
package import CorralTraining
import Foundation

extension OpenedModel {
  /// Clusters of the model's items, and what foretells those of its users, made anew from its data.
  ///
  /// `nil` for settings without clusters.
  ///
  /// - Throws: `PipelineError` for a model that was trained for its clusters, and what making clusters
  ///   throws.
  package func newClusters(
    _ settings: ClusterSettings, from data: LoadedData
  ) throws -> ModelClusters? {
    if let tasks = model.network?.tasks {
      throw PipelineError.other(
        "\(path) was trained to search its \(tasks.count) clusters, and knows no others; train a model "
          + "with other settings of clusters")
    }
    try SettingError.within("clusters") { try settings.validate() }
    try checkInnerProducts("a search of clusters")
    let seed = self.settings.train.seed
    return try ClusterBuilding(settings, of: data, seed: seed).clusters().map {
      try ModelClusters($0, of: model, settings.intent, on: data.split, seed: seed)
    }
  }

  /// Writes the model again with other clusters, measured anew: the old one stays whole until the new one
  /// is.
  package func replacingClusters(
    _ clusters: ModelClusters?, _ settings: ClusterSettings, on data: LoadedData
  ) throws -> SavedModel {
    var changed = self.settings
    changed.clusters = settings
    let measured =
      data.split.test.values.isEmpty
      ? nil
      : try Measurement(
        model.scoring(data.split, part: .test, clusters: clusters, settings), then: ranker,
        by: FullRanking(of: data.split, settings: changed.evaluate), on: data.split, part: .test,
        lists: clusters.map { ListMeasuring($0.items) })
    var manifest = saved.manifest
    manifest.settings = try JSONValue(encoding: changed)
    manifest.metrics =
      try measured.map { try JSONValue(encoding: $0.evaluation.intervals()) }
      ?? .object([:])
    let stale: Set = [
      Self.indexFile, ModelFile.clusters, ModelFile.evaluation, ModelFile.retrieverEvaluation,
    ]
    return try SavedModel.write(to: URL(filePath: path), manifest: manifest) { folder in
      for name in saved.manifest.files.keys.sorted() where !stale.contains(name) {
        try folder.copy(name, of: saved)
      }
      try clusters?.write(to: folder)
      try measured?.write(to: folder)
      if changed.index.kind != .exact {
        try folder.write(
          BuiltIndex(
            model.itemVectors(), settings: changed.index,
            partition: clusters.flatMap {
              DividedModel(model: model, clusters: $0, settings: settings).searched
            }))
      }
    }
  }

  /// What the model's lists are like at several alphas, by exact search.
  ///
  /// Requests are encoded anew for each. Throws `PipelineError` for a model without clusters.
  package func alphaCurve(
    _ alphas: [Double], by ranking: FullRanking, on split: Split, part: HeldOut
  ) throws -> AlphaCurve {
    guard let clusters else {
      throw PipelineError.other(
        "\(path) has no clusters, and so no dial; make some with: corral clusters build \(path)")
    }
    let lists = ListMeasuring(clusters.items)
    return AlphaCurve(
      name: name,
      stops: try alphas.map { alpha in
        var settings = settings.clusters
        settings.alpha = alpha
        if settings.merge == .score { settings.merge = .quotas }
        return AlphaCurve.Stop(
          alpha: alpha,
          evaluation: try Measurement(
            model.scoring(split, part: part, clusters: clusters, settings), then: ranker,
            by: ranking, on: split, part: part, lists: lists
          ).evaluation)
      })
  }

  /// The titles, or ids, of the items that stand for each cluster.
  package func representatives(_ most: Int) -> [[String]] {
    guard let clusters else { return [] }
    return clusters.items.representatives(most, counts: interactionCounts).map { items in
      items.map { item in
        titles.isEmpty || titles[item.position].isEmpty
          ? self.items[item.position] : titles[item.position]
      }
    }
  }

  /// How often each item occurs in the saved histories.
  package var interactionCounts: [Int] {
    var counts = [Int](repeating: 0, count: items.count)
    for item in histories.values { counts[item.position] += 1 }
    return counts
  }
}
