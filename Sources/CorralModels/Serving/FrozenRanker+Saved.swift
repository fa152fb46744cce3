package import CorralArtifacts
import CorralData
import CorralVectors
import Foundation
import Torch

extension FrozenRanker {
  private static let settingsKey = "ranker"

  /// The settings in a file of weights.
  private struct Record: Codable {
    var settings: RankerSettings
    var heads: [HeadSettings]
    var score: ServedScore
    /// The weight of the retriever's scores; `nil` if they are not added.
    var stacked: Float?
  }

  /// Writes parameters, settings, features and the columns of contexts into a model folder:
  /// `ranker.safetensors` beside the files of a retriever.
  package func write(to folder: ModelFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let record = Record(
      settings: settings, heads: heads, score: score, stacked: stacked?.weight)
    try folder.write(
      stored.sorted { $0.key < $1.key }.map {
        SafetensorsTensor($0.key, $0.value.values, shape: $0.value.shape)
      },
      metadata: [Self.settingsKey: String(decoding: try encoder.encode(record), as: UTF8.self)],
      as: ModelFile.ranker)
    try folder.write(catalogue.users, as: ModelFile.userFeatures)
    try folder.write(catalogue.items, as: ModelFile.itemFeatures)
    try folder.write(catalogue.context, as: ModelFile.context)
  }

  /// The ranker of a saved model; over a retriever, it shares the one that is open already.
  ///
  /// Throws `ModelsError.damaged`, `TorchError` or `ArtifactError` when its files do not fit together.
  package init(_ model: SavedModel, sharing retriever: FrozenRetriever? = nil) throws {
    let file = try model.tensors(ModelFile.ranker)
    guard let text = file.metadata[Self.settingsKey] else {
      throw ModelsError.damaged(path: file.url.path, reason: "it does not say its settings")
    }
    let record: Record
    do {
      let saved = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
      let settings = try (saved["settings"] ?? .null).settings(RankerSettings.init(named:))
      record = try saved.completed(by: .object(["settings": JSONValue(encoding: settings)]))
        .decoded()
    } catch {
      throw ModelsError.damaged(
        path: file.url.path, reason: "its settings are not those of a ranker")
    }
    let catalogue = Catalogue(
      users: try model.features(ModelFile.userFeatures),
      items: try model.features(ModelFile.itemFeatures), context: try model.context())
    var stored: [String: StoredTensor] = [:]
    for (name, entry) in file.entries {
      stored[name] = StoredTensor(shape: entry.shape, values: try file.array(name))
    }
    try self.init(
      record.settings, heads: record.heads, score: record.score, for: catalogue, stored: stored,
      over: try record.stacked.map {
        StackedRetriever(try retriever ?? FrozenRetriever(model), weight: $0)
      })
  }
}
