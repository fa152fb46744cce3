public import CorralArtifacts
import CorralData
import CorralVectors
import Foundation
import Torch

extension FrozenModel {
  private static let settingsKey = "retriever"
  private static let priorName = "serving.prior"

  /// Writes the parameters, the settings that give them their meaning, and the features into a model
  /// folder: `retriever.safetensors`, `user-features.safetensors`, `item-features.safetensors`.
  public func write(to folder: ModelFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var tensors = stored.sorted { $0.key < $1.key }.map {
      SafetensorsTensor($0.key, $0.value.values, shape: $0.value.shape)
    }
    if let prior { tensors.append(SafetensorsTensor(Self.priorName, prior.coordinates)) }
    try folder.write(
      tensors,
      metadata: [Self.settingsKey: String(decoding: try encoder.encode(settings), as: UTF8.self)],
      as: ModelFile.retriever)
    try folder.write(catalogue.users, as: ModelFile.userFeatures)
    try folder.write(catalogue.items, as: ModelFile.itemFeatures)
  }

  /// The retriever of a saved model.
  ///
  /// Throws `ModelsError.damaged`, `TorchError` or `ArtifactError` when its files do not fit together.
  public init(_ model: SavedModel) throws {
    let file = try model.tensors(ModelFile.retriever)
    guard let text = file.metadata[Self.settingsKey] else {
      throw ModelsError.damaged(path: file.url.path, reason: "it does not say its settings")
    }
    let settings: RetrieverSettings
    do {
      settings = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        .settings(RetrieverSettings.init(_:))
    } catch {
      throw ModelsError.damaged(
        path: file.url.path, reason: "its settings are not those of a retriever")
    }
    let catalogue = Catalogue(
      users: try model.features(ModelFile.userFeatures),
      items: try model.features(ModelFile.itemFeatures))
    var stored: [String: StoredTensor] = [:]
    var prior: ServingPrior?
    for (name, entry) in file.entries {
      let values: [Float] = try file.array(name)
      if name == Self.priorName {
        guard values.count == catalogue.items.count else {
          throw ModelsError.damaged(
            path: file.url.path,
            reason: "its prior is of \(values.count) items and its catalogue of "
              + "\(catalogue.items.count)")
        }
        prior = ServingPrior(coordinates: values)
      } else {
        stored[name] = StoredTensor(shape: entry.shape, values: values)
      }
    }
    try self.init(settings, for: catalogue, stored: stored, prior: prior)
  }
}
