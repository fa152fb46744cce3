package import CorralArtifacts
import CorralBaselines
package import CorralData
import CorralIndex
import CorralModels
package import CorralSettings
import CorralTraining
import CorralVectors
import Foundation
import Torch

extension OpenedModel {
  /// The settings of a saved model, checked as before a training.
  ///
  /// Throws `ArtifactError.damagedManifest` for settings that no training would accept.
  package static func settings(
    of saved: SavedModel
  ) throws -> (settings: Settings, notes: [DataNote]) {
    let path = saved.url.appending(path: Manifest.fileName).path
    var overlay = Settings.overlay()
    do {
      try saved.laySettings(into: &overlay)
      let (settings, unknown) = try overlay.decodedWithNotes()
      // Where it was trained, and on how much of it, says nothing about where it serves.
      var here = settings
      for train in [\Settings.train, \Settings.rankerTraining.train] {
        here[keyPath: train].device = TrainingSettings().device
        here[keyPath: train].threads = TrainingSettings().threads
      }
      try here.validate()
      let notes = unknown.map {
        DataNote(
          .warning, "\(path) has a setting '\($0)', which this version does not know: it is ignored"
        )
      }
      return (settings, notes)
    } catch {
      throw ArtifactError.damagedManifest(path: path, reason: "\(error)")
    }
  }

  /// Throws `ArtifactError.damagedFile` for the first part that does not fit the others.
  package func checkParts() throws {
    guard users.count > 0 else { throw saved.damaged(ModelFile.users, "it has no line") }
    guard items.count > 0 else { throw saved.damaged(ModelFile.items, "it has no line") }
    if !titles.isEmpty { try fit(ModelFile.titles, titles.count, "titles", items.count, "items") }
    try fit(ModelFile.histories, histories.count, "rows", users.count, "users")
    try checkModel()
    try checkClusters()
    if let ranker {
      try fit(catalogue: ranker.catalogue)
      guard case .network(let settings) = settings.ranker, settings.name == ranker.settings.name
      else {
        throw saved.damaged(ModelFile.ranker, "it is not the ranker that the manifest names")
      }
    }
  }

  private func checkModel() throws {
    switch model {
    case .popularity(let model):
      try fit(ModelFile.retriever, model.counts.count, "counts", items.count, "items")
    case .implicitALS(let model):
      try fit(ModelFile.retriever, model.users.rows, "rows of users", users.count, "users")
      try fit(ModelFile.retriever, model.items.rows, "rows of items", items.count, "items")
    case .item2vec(let model):
      try fit(ModelFile.retriever, model.inputs.rows, "rows of items", items.count, "items")
    case .network(let model):
      try fit(catalogue: model.catalogue)
      guard case .network(let settings) = settings.retriever, settings.name == model.settings.name
      else {
        throw saved.damaged(ModelFile.retriever, "it is not the retriever that the manifest names")
      }
    }
  }

  private func checkClusters() throws {
    guard let clusters else {
      if settings.clusters.kind == .off { return }
      throw damagedManifest("its settings name clusters, and there is no \(ModelFile.clusters)")
    }
    guard settings.clusters.kind != .off else {
      throw damagedManifest("its settings name no clusters, and there is \(ModelFile.clusters)")
    }
    if let tasks = model.network?.tasks {
      try fit(
        ModelFile.clusters, clusters.items.count, "clusters", tasks.count, "tasks of the retriever")
    }
  }

  private func damagedManifest(_ reason: String) -> ArtifactError {
    .damagedManifest(path: saved.url.appending(path: Manifest.fileName).path, reason: reason)
  }

  private func fit(catalogue: Catalogue) throws {
    try fit(ModelFile.userFeatures, catalogue.users.count, "rows", users.count, "users")
    try fit(ModelFile.itemFeatures, catalogue.items.count, "rows", items.count, "items")
  }

  private func fit(
    _ file: String, _ count: Int, _ what: String, _ expected: Int, _ of: String
  ) throws {
    guard count == expected else {
      throw saved.damaged(file, "it has \(count) \(what) for \(expected) \(of)")
    }
  }
}

extension SavedModel {
  /// Lays the settings that the model was saved with over others, tolerating what is not known.
  func laySettings(into overlay: inout SettingsOverlay<Settings>) throws {
    let json = try JSONEncoder().encode(manifest.settings)
    try overlay.laySaved(
      String(decoding: json, as: UTF8.self), from: url.appending(path: Manifest.fileName).path)
  }

  /// Runs a body that makes a network of a file's weights; what is wrong with them names the file.
  package func naming<Value>(_ file: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as TorchError {
      throw damaged(file, "\(error)")
    }
  }
}
