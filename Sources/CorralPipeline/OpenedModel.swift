package import CorralArtifacts
package import CorralData
package import CorralEvaluation
import CorralIndex
package import CorralModels
package import CorralSettings
import CorralVectors
import Foundation

/// A saved model with all of its parts: what measures, exports and serves it starts from here.
package struct OpenedModel {
  /// The directory, as the user gave it.
  package let path: String
  package let saved: SavedModel
  /// The merged settings of the run that made it.
  package let settings: Settings
  package let users: Vocabulary
  package let items: Vocabulary
  /// The title of each item; empty if no item has one.
  package let titles: Texts
  /// Everything that each user is known to have interacted with, oldest first.
  package let histories: Ragged<ItemIndex>
  package let model: TrainedModel
  /// The clusters that retrieval is divided among; `nil` without any.
  package let clusters: ModelClusters?
  /// The ranker of the candidates; `nil` for a retriever alone.
  package let ranker: FrozenRanker?
  /// The features of the items.
  package let itemFeatures: FeatureTable
  /// What of the saved settings this version does not know.
  package let notes: [DataNote]
  /// How long opening took, in seconds.
  let seconds: Double

  /// Opens a model and checks all of it: every file, and that its parts fit each other.
  ///
  /// Every byte of the model is read once, its vocabularies become tables over their bytes, and its
  /// histories are copied as they lie. A model that another one replaces meanwhile is opened again.
  ///
  /// - Throws: `ArtifactError` for a damaged model, with the file and the reason.
  package init(_ path: String) throws {
    self = try SavedModel.repeating { try OpenedModel(once: path) }
  }

  private init(once path: String) throws {
    let start = ContinuousClock.now
    self.path = path
    let saved = try SavedModel.open(URL(filePath: path))
    self.saved = saved
    let (settings, notes) = try Self.settings(of: saved)
    self.settings = settings
    self.notes = notes
    (users, (items, titles, histories)) = try Parallel.both {
      try saved.vocabulary(ModelFile.users)
    } _: {
      let items = try saved.vocabulary(ModelFile.items)
      return (
        items, saved.contains(ModelFile.titles) ? try saved.texts(ModelFile.titles) : Texts(),
        try saved.histories(itemCount: items.count)
      )
    }
    model = try saved.naming(ModelFile.retriever) { try TrainedModel(saved, settings: settings) }
    clusters = try ModelClusters(saved, itemCount: items.count)
    ranker =
      settings.ranker == .none
      ? nil
      : try saved.naming(ModelFile.ranker) { [model] in
        try FrozenRanker(saved, sharing: model.network)
      }
    itemFeatures =
      if let network = model.network {
        network.catalogue.items
      } else if saved.contains(ModelFile.itemFeatures) {
        try saved.features(ModelFile.itemFeatures)
      } else {
        FeatureTable(count: items.count)
      }
    seconds = (ContinuousClock.now - start).inSeconds
    try checkParts()
  }

  /// What the model is called: its directory's name.
  package var name: String { URL(filePath: path).lastPathComponent }

  /// Which model it is: `two-tower`, or `sasrec, then din`.
  package var kind: String {
    settings.retriever.name
      + (settings.ranker == .none ? "" : ", then \(settings.ranker.name)")
  }

  /// The ranks that training measured on the test part, where it did: of the whole model, or of its
  /// retriever before a ranker.
  package func savedEvaluation(_ file: String = ModelFile.evaluation) throws -> Evaluation? {
    guard saved.contains(file) else { return nil }
    let evaluation = try Evaluation(saved.tensors(file))
    guard evaluation.users.last?.position ?? 0 < users.count,
      evaluation.targets.values.allSatisfy({ $0.position < items.count })
    else {
      throw saved.damaged(
        file, "it measures users or items that are not in \(ModelFile.users) or \(ModelFile.items)")
    }
    return evaluation
  }

  /// The data that the model was trained on, checked to be those.
  ///
  /// Throws `PipelineError` where they are not there, or are others.
  package func loadData(from path: String?) throws -> LoadedData {
    if saved.contains(ModelFile.stream) {
      throw PipelineError.other(
        "\(self.path) has learned from a stream since it was trained, perhaps what its data hold out: "
          + "`corral stream status` says how it predicts what it has not learned yet")
    }
    var settings = settings.data
    settings.path = path ?? saved.manifest.data.path
    guard FileManager.default.fileExists(atPath: settings.path) else {
      throw PipelineError.dataMissing(path: settings.path, model: self.path)
    }
    var data = try LoadedData(settings)
    let (expected, found) = (saved.manifest.data.sha256, data.provenance.sha256)
    guard data.dataset.users == users, data.dataset.items == items else {
      throw PipelineError.otherData(path: settings.path, expected: expected, found: found)
    }
    if expected != found {
      data.note(
        DataNote(
          .warning,
          "\(settings.path) has changed since training, though not its users and items"))
    }
    return data
  }
}
