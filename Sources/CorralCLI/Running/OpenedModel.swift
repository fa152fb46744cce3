import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralIndex
import CorralModels
import CorralVectors
import Foundation

/// A saved model that commands ask: what it is, what it knows, and what its parts are called.
struct OpenedModel {
  /// The directory, as the user gave it.
  let path: String
  let saved: SavedModel
  /// The merged settings of the run that made it.
  let settings: Settings
  let users: Vocabulary
  let items: Vocabulary
  /// What people call each item; empty when nothing says.
  let titles: Texts
  /// Everything that each user is known to have interacted with, oldest first.
  let histories: Ragged<ItemIndex>
  let model: TrainedModel
  /// What orders the candidates that the model finds; `nil` where the model's order stands.
  let ranker: FrozenRanker?

  /// Opens a model and checks all of it: every file, and that its parts fit each other.
  ///
  /// Every byte of the model is read once, its vocabularies become tables over their bytes, and its
  /// histories are copied as they lie. A model that another one replaces meanwhile is opened again.
  ///
  /// - Throws: `ArtifactError` for a damaged model, with the file and the reason.
  init(_ path: String) throws {
    self = try SavedModel.repeating { try OpenedModel(once: path) }
  }

  private init(once path: String) throws {
    self.path = path
    let saved = try SavedModel.open(URL(filePath: path))
    self.saved = saved
    let settings = try Self.settings(of: saved)
    self.settings = settings
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
    ranker =
      settings.ranker == .none
      ? nil : try saved.naming(ModelFile.ranker) { try FrozenRanker(saved) }
    try checkParts()
  }

  /// What the model is called: its directory's name.
  var name: String { URL(filePath: path).lastPathComponent }

  /// Which model it is: `two-tower`, or `sasrec, then din`.
  var kind: String {
    settings.retriever.name
      + (settings.ranker == .none ? "" : ", then \(settings.ranker.name)")
  }

  /// What people call an item: its title, or its identifier.
  func label(_ item: ItemIndex) -> String { title(item) ?? items[item.position] }

  /// The title of an item, where it has one.
  func title(_ item: ItemIndex) -> String? {
    guard !titles.isEmpty, !titles[item.position].isEmpty else { return nil }
    return titles[item.position]
  }

  /// The ranks that training measured on the test part, where it did: of the whole model, or of its
  /// retriever before a ranker.
  func savedEvaluation(_ file: String = ModelFile.evaluation) throws -> Evaluation? {
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
  func loadData(from path: String?, console: Console) throws -> LoadedData {
    var settings = settings.data
    settings.path = path ?? saved.manifest.data.path
    guard FileManager.default.fileExists(atPath: settings.path) else {
      throw InputError.other(
        "\(settings.path) is not there; pass --data with the place of the data of \(self.path)")
    }
    let data = try LoadedData(settings, console: console)
    let (expected, found) = (saved.manifest.data.sha256, data.provenance.sha256)
    guard data.dataset.users == users, data.dataset.items == items else {
      throw InputError.otherData(path: settings.path, expected: expected, found: found)
    }
    if expected != found {
      console.warn("\(settings.path) has changed since training, though not its users and items")
    }
    return data
  }

  /// The item of an identifier; throws one that names the nearest.
  func item(_ id: String) throws -> ItemIndex {
    guard let position = items.position(of: id) else {
      throw InputError.unknownItems([id], nearest: nearest(to: id, among: items))
    }
    return ItemIndex(position)
  }

  /// The identifier that was probably meant, in vocabularies small enough to look through.
  func nearest(to id: String, among vocabulary: Vocabulary) -> String? {
    if let title = titles.firstIndex(of: id) { return items[title] }
    return vocabulary.count <= 100_000 && id.count > 3 ? id.nearest(among: vocabulary.ids) : nil
  }
}
