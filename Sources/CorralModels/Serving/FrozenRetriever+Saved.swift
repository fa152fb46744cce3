package import CorralArtifacts
import CorralData
import CorralVectors
import Foundation
import Torch

extension FrozenRetriever {
  private static let settingsKey = "retriever"
  private static let tasksKey = "tasks"
  private static let priorName = "serving.prior"
  private static let placedName = "serving.placed"

  /// Writes parameters, settings and features into a model folder: `retriever.safetensors`,
  /// `user-features.safetensors`, `item-features.safetensors`.
  package func write(to folder: ModelFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var tensors = stored.sorted { $0.key < $1.key }.map {
      SafetensorsTensor($0.key, $0.value.values, shape: $0.value.shape)
    }
    if let prior { tensors.append(SafetensorsTensor(Self.priorName, prior.coordinates)) }
    if !placed.areAll {
      let flags = placed.flags(count: catalogue.items.count)
      tensors.append(SafetensorsTensor(Self.placedName, flags.map { UInt8($0 ? 1 : 0) }))
    }
    var metadata = [Self.settingsKey: String(decoding: try encoder.encode(settings), as: UTF8.self)]
    if let tasks {
      metadata[Self.tasksKey] = String(decoding: try encoder.encode(tasks), as: UTF8.self)
    }
    try folder.write(tensors, metadata: metadata, as: ModelFile.retriever)
    try folder.write(catalogue.users, as: ModelFile.userFeatures)
    try folder.write(catalogue.items, as: ModelFile.itemFeatures)
  }

  /// The retriever of a saved model.
  ///
  /// Throws `ModelsError.otherKind` for a model that is not a network, and `ModelsError.damaged`,
  /// `TorchError` or `ArtifactError` if its files do not fit together.
  package init(_ model: SavedModel) throws {
    if let kind = model.manifest.kinds["retriever"],
      ["popularity", "implicit-als", "item2vec"].contains(kind)
    {
      throw ModelsError.otherKind(path: model.url.path, kind: kind)
    }
    let file = try model.tensors(ModelFile.retriever)
    guard let text = file.metadata[Self.settingsKey] else {
      throw ModelsError.damaged(path: file.url.path, reason: "it does not say its settings")
    }
    let settings: RetrieverSettings
    do {
      settings = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        .settings(RetrieverSettings.init(named:))
    } catch {
      throw ModelsError.damaged(
        path: file.url.path, reason: "its settings are not those of a retriever")
    }
    let catalogue = Catalogue(
      users: try model.features(ModelFile.userFeatures),
      items: try model.features(ModelFile.itemFeatures), tasks: try Self.tasks(of: file))
    var stored: [String: StoredTensor] = [:]
    var prior: ServingPrior?
    var placed = PlacedItems.all
    for (name, entry) in file.entries {
      if name == Self.placedName {
        let flags: [UInt8] = try file.array(name, shape: [catalogue.items.count])
        placed = PlacedItems(flags.map { $0 != 0 })
        continue
      }
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
    try self.init(settings, for: catalogue, stored: stored, prior: prior, placed: placed)
  }

  /// The clusters that a saved retriever is told apart; none in a file that does not speak of them.
  private static func tasks(of file: SafetensorsFile) throws -> ItemTasks? {
    guard let text = file.metadata[tasksKey] else { return nil }
    guard let tasks = try? JSONDecoder().decode(ItemTasks.self, from: Data(text.utf8)),
      tasks.count > 0
    else {
      throw ModelsError.damaged(
        path: file.url.path, reason: "its clusters are said as '\(text)'")
    }
    return tasks
  }
}

extension JSONValue {
  /// The settings of a saved model: a key that is younger than the model has the default of its
  /// kind.
  ///
  /// Throws what decoding throws, for an unknown model too.
  func settings<Settings: Codable>(_ defaults: (String) -> Settings?) throws -> Settings {
    let name: String? = try self["model"]?.decoded()
    return try completed(by: JSONValue(encoding: name.flatMap(defaults))).decoded()
  }
}
