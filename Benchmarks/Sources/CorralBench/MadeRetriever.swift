import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralSettings
import CorralVectors
import Foundation
import Torch

/// A two-tower model with an HNSW graph whose items nobody trained: unit vectors around random
/// centres, and users who met items of one centre each.
struct MadeRetriever {
  let items: Int
  private static let users = 10_000
  private static let clusterSize = 50

  /// Writes the model into a folder.
  func write(to folder: URL) throws {
    var shape = TwoTowerSettings()
    shape.history.table = .shared
    var settings = Settings()
    settings.retriever = .network(RetrieverSettings(shape))
    settings.index.kind = .hnsw
    settings.index.construction = .parallel
    let network = try FrozenRetriever(
      RetrieverSettings(shape),
      for: Catalogue(
        users: FeatureTable(count: Self.users), items: FeatureTable(count: items)),
      stored: [
        "items.weight": StoredTensor(
          shape: [items, shape.dimension], values: vectors(dimension: shape.dimension)),
        "history.ages": StoredTensor(
          shape: [shape.history.length],
          values: [Float](repeating: 0, count: shape.history.length)),
      ])
    let index = try BuiltIndex(network.itemVectors(), settings: settings.index)
    let histories = histories(length: shape.history.length)
    let manifest = Manifest(
      kinds: ["retriever": "two-tower", "ranker": "none", "index": "hnsw"],
      settings: try JSONValue(encoding: settings),
      data: .init(
        path: "made up", sha256: "", users: Self.users, items: items,
        interactions: histories.values.count),
      metrics: .object([:]), created: .init(by: "CorralBench", machine: "", seconds: 0))
    try SavedModel.write(to: folder, manifest: manifest) { folder in
      try folder.write(
        Texts((0..<Self.users).lazy.map { "customer-\($0)" }), as: ModelFile.users)
      try folder.write(Texts((0..<items).lazy.map { "sku-\($0)" }), as: ModelFile.items)
      try folder.write(histories, as: ModelFile.histories)
      try network.write(to: folder)
      if let saved = index.saved {
        try folder.write(saved.tensors, metadata: saved.metadata, as: "index.safetensors")
      }
    }
  }

  /// The vectors of all items, those of a centre one after the other.
  private func vectors(dimension: Int) -> [Float] {
    let clusters = (items + Self.clusterSize - 1) / Self.clusterSize
    let centres = Matrix.random(rows: clusters, columns: dimension, seed: 1)
    let noise = Matrix.random(rows: items, columns: dimension, seed: 2)
    var values = noise.values
    for item in 0..<items {
      for (column, centre) in centres[item / Self.clusterSize].enumerated() {
        values[item * dimension + column] += centre
      }
    }
    return values
  }

  /// Histories of items of one centre each.
  private func histories(length: Int) -> Ragged<ItemIndex> {
    var generator = SeededGenerator(seed: 3)
    return Ragged(
      (0..<Self.users).map { _ in
        let start = generator.next(below: items / Self.clusterSize) * Self.clusterSize
        return (0..<length).map { _ in
          ItemIndex(start + generator.next(below: Self.clusterSize))
        }
      })
  }
}
