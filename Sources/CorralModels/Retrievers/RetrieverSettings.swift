import CorralData
package import Torch

/// Which retriever, and its shape: the `retriever` block of a settings file.
///
/// Written flat: the key `model`, and beside it the keys that this model has and no others.
public struct RetrieverSettings: Sendable {
  /// The settings of one of Corral's retrievers, such as `TwoTowerSettings`.
  public protocol Model: Sendable, Codable, Equatable {}

  /// Every retriever, in the order in which settings list them.
  ///
  /// A new one is a line here.
  package static let models: [any RetrieverModelSettings.Type] = [
    TwoTowerSettings.self, MatrixFactorisationSettings.self, BPRMFSettings.self,
    LogisticMFSettings.self, NeuMFSettings.self, DSSMSettings.self, CaserSettings.self,
    MINDSettings.self, ComiRecSettings.self, MMoESettings.self, SASRecSettings.self,
    BERT4RecSettings.self, GRU4RecSettings.self,
  ]

  /// The settings of the model alone.
  package var model: any RetrieverModelSettings

  /// The defaults: the two-tower network.
  public init() { self.init(TwoTowerSettings()) }

  /// The retriever of some settings.
  public init(_ model: some Model) {
    guard let model = model as? any RetrieverModelSettings else {
      fatalError("RetrieverSettings: \(type(of: model)) is not one of Corral's retrievers")
    }
    self.model = model
  }

  /// The defaults of the retriever of a name; `nil` for an unknown name.
  public init?(named name: String) {
    guard let model = Self.models.first(where: { $0.name == name }) else { return nil }
    self.init(model.init())
  }

  /// The defaults of every retriever.
  package static var all: [RetrieverSettings] { models.map { RetrieverSettings($0.init()) } }

  /// The names of all retrievers, as `two-tower`.
  public static var names: [String] { models.map { $0.name } }

  /// The retriever's name.
  public var name: String { type(of: model).name }
}

extension RetrieverSettings {
  /// Throws `SettingError` for the first value that the retriever cannot have.
  package func validate() throws { try model.validate() }

  /// Throws `SettingError` for the key `clusters.task` unless the retriever can be told so which
  /// cluster a query searches.
  package func check(_ task: TaskIdentity) throws {
    let known = model.taskIdentities
    if known.contains(task) { return }
    let able = Self.all.filter { $0.model.taskIdentities.contains(task) }.map(\.name)
    throw SettingError(
      "clusters.task", text: task.rawValue,
      "\(name) can have \(known.map(\.rawValue).joined(separator: ", ")); give that, or set "
        + "retriever.model to one that can have \(task.rawValue): \(able.joined(separator: ", "))")
  }

  /// The retriever over a catalogue, its parameters claimed from a scope.
  ///
  /// Throws `SettingError` under the name of the block, `retriever`, for settings that it cannot
  /// have, as `check(_:)` does for the catalogue's clusters, and `TorchError` if stored parameters
  /// do not fit.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever {
    if let tasks = catalogue.tasks { try check(tasks.identity) }
    return try SettingError.within("retriever") {
      try validate()
      return try model.network(for: catalogue, in: scope)
    }
  }
}

extension RetrieverSettings: Codable, Equatable {
  /// The settings of the model that the key `model` names.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: ModelKey.self)
    let name = try container.decode(String.self, forKey: .model)
    guard let model = Self.models.first(where: { $0.name == name }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .model, in: container,
        debugDescription: "'\(name)' is not one of \(Self.names.joined(separator: ", "))")
    }
    self.init(try model.init(from: decoder))
  }

  /// Writes the key `model` and the keys of the model, side by side.
  public func encode(to encoder: any Encoder) throws { try model.encodeFlat(to: encoder) }

  /// Whether two blocks name the same model with the same values.
  public static func == (first: RetrieverSettings, second: RetrieverSettings) -> Bool {
    first.model.equals(second.model)
  }
}
