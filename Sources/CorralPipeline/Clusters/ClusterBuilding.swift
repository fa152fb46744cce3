import CorralBaselines
import CorralData
package import CorralIndex
package import CorralTraining
import CorralVectors

/// Makes the clusters of a catalogue from what settings name.
package struct ClusterBuilding {
  private let settings: ClusterSettings
  private let data: LoadedData
  private let seed: UInt64

  /// The clusters of the items of some data.
  package init(_ settings: ClusterSettings, of data: LoadedData, seed: UInt64) {
    self.settings = settings
    self.data = data
    self.seed = seed
  }

  /// The clusters; `nil` for kind `off`.
  ///
  /// Item2vec reads training histories alone, and takes a pass over them for each of its epochs.
  ///
  /// - Throws: `SettingError` for a feature that is not there, `ArtifactError` for a model that cannot be
  ///   opened, and `PipelineError` for one without item vectors.
  package func clusters() throws -> ItemClusters? {
    switch settings.kind {
    case .off: nil
    case .item2vec: try ofItem2Vec()
    case .model: try ofModel()
    case .feature: try ofFeature()
    }
  }

  private func ofItem2Vec() throws -> ItemClusters {
    var item2vec = settings.item2vec
    item2vec.seed = seed
    var training = Item2VecTraining(data.split, settings: item2vec)
    while training.next() != nil {}
    let model = training.model
    return try ofVectors(model.inputs, placed: model.placed, "item2vec vectors")
  }

  /// The items of the data by the vectors that a saved model has for them; others have none.
  private func ofModel() throws -> ItemClusters {
    let opened = try OpenedModel(settings.model)
    guard let theirs = opened.model.similarityVectors(items: opened.model.itemVectors()) else {
      throw PipelineError.other(
        "\(settings.model) is \(opened.kind) and has no vectors of items to cluster; give another "
          + "model in clusters.model")
    }
    let items = data.dataset.items
    var vectors = Matrix(rows: items.count, columns: theirs.columns)
    var isPlaced = [Bool](repeating: false, count: items.count)
    for item in 0..<items.count {
      guard let place = opened.items.position(of: items[item]),
        opened.model.placed.contains(ItemIndex(place))
      else { continue }
      isPlaced[item] = true
      vectors.values.replaceSubrange(
        item * theirs.columns..<(item + 1) * theirs.columns, with: theirs[place])
    }
    guard isPlaced.contains(true) else {
      throw PipelineError.other(
        "\(settings.model) has none of the items of these data; give a model of theirs in "
          + "clusters.model")
    }
    return try ofVectors(
      vectors, placed: PlacedItems(isPlaced), "the item vectors of \(opened.name) (\(opened.kind))")
  }

  private func ofVectors(
    _ vectors: Matrix, placed: PlacedItems, _ what: String
  ) throws -> ItemClusters {
    try SettingError.within("clusters") {
      try ItemClusters(
        vectors: vectors, placed: placed, count: settings.count, smallest: settings.smallest,
        restarts: settings.restarts, origin: what, seed: seed)
    }
  }

  private func ofFeature() throws -> ItemClusters {
    let features = data.dataset.itemFeatures
    guard let column = features[settings.feature] else {
      let known = features.columns.map(\.name)
      throw SettingError(
        "clusters.feature", "'\(settings.feature)'",
        known.isEmpty
          ? "items have no features; give a file of items in data.itemFile"
          : "items have no such feature; they have \(known.joined(separator: ", "))")
    }
    return try SettingError.within("clusters") {
      try ItemClusters(column: column, rule: settings.several, smallest: settings.smallest)
    }
  }
}
