import CorralData
package import Torch

/// Which ranker, and its shape: the `ranker` block of a settings file.
///
/// Written flat: the key `model`, and beside it the keys that this model has and no others.
public struct RankerSettings: Sendable {
  /// The settings of one of Corral's rankers, such as `DeepFMSettings`.
  public protocol Model: Sendable, Codable, Equatable {}

  /// Every ranker, in the order in which settings list them.
  ///
  /// A new one is a line here.
  package static let models: [any RankerModelSettings.Type] = [
    DeepFMSettings.self, DCNSettings.self, DCNv2Settings.self, DINSettings.self, BSTSettings.self,
  ]

  /// The settings of the model alone.
  package var model: any RankerModelSettings

  /// The defaults: DeepFM.
  public init() { self.init(DeepFMSettings()) }

  /// The ranker of some settings.
  public init(_ model: some Model) {
    guard let model = model as? any RankerModelSettings else {
      fatalError("RankerSettings: \(type(of: model)) is not one of Corral's rankers")
    }
    self.model = model
  }

  /// The defaults of the ranker of a name; `nil` for an unknown name.
  public init?(named name: String) {
    guard let model = Self.models.first(where: { $0.name == name }) else { return nil }
    self.init(model.init())
  }

  /// The defaults of every ranker.
  package static var all: [RankerSettings] { models.map { RankerSettings($0.init()) } }

  /// The names of all rankers, as `deepfm`.
  public static var names: [String] { models.map { $0.name } }

  /// The ranker's name.
  public var name: String { type(of: model).name }
}

extension RankerSettings {
  /// Throws `SettingError` for the first value that the ranker cannot have.
  package func validate() throws { try model.validate() }

  /// The ranker over a catalogue with some heads, its parameters claimed from a scope.
  ///
  /// Throws `SettingError` under the name of the block, `ranker`, for settings that it cannot have,
  /// and `TorchError` if stored parameters do not fit.
  package func network(
    tasks: Int = 1, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Ranker {
    try SettingError.within("ranker") {
      try validate()
      return try model.network(tasks: tasks, for: catalogue, in: scope)
    }
  }
}

extension RankerSettings: Codable, Equatable {
  /// The settings of the model that the key `model` names.
  ///
  /// Throws `SettingError` if it is the name of a retriever, or of nothing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: ModelKey.self)
    let name = try container.decode(String.self, forKey: .model)
    guard let model = Self.models.first(where: { $0.name == name }) else {
      let reason =
        RetrieverSettings.names.contains(name)
        ? "that is a retriever, which belongs under retriever.model" : "there is no such ranker"
      throw SettingError(
        "ranker.model", name, "\(reason); give one of \(Self.names.joined(separator: ", "))")
    }
    self.init(try model.init(from: decoder))
  }

  /// Writes the key `model` and the keys of the model, side by side.
  public func encode(to encoder: any Encoder) throws { try model.encodeFlat(to: encoder) }

  /// Whether two blocks name the same model with the same values.
  public static func == (first: RankerSettings, second: RankerSettings) -> Bool {
    first.model.equals(second.model)
  }
}
