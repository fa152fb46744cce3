package import CorralBaselines
import CorralData
package import CorralModels

/// Which retriever, and its shape: the `retriever` block of a settings file.
///
/// All retrievers: networks and classical models. Written flat: the key
/// `model`, and the keys that this model has.
package enum RetrieverBlock: Equatable, Sendable {
  /// What occurred most often, the same to everybody.
  case popularity
  /// Implicit alternating least squares; the block `als` says how.
  case implicitALS(FactorBlock)
  /// Item2vec.
  case item2vec(Item2VecSettings)
  /// A network that is trained by gradient.
  case network(RetrieverSettings)

  /// The defaults: the two-tower network.
  package init() { self = .network(RetrieverSettings()) }

  /// The defaults of a model; `nil` for an unknown name.
  package init?(_ name: String) {
    if let network = RetrieverSettings(named: name) {
      self = .network(network)
      return
    }
    switch Other(rawValue: name) {
    case .popularity: self = .popularity
    case .implicitALS: self = .implicitALS(FactorBlock())
    case .item2vec: self = .item2vec(Item2VecSettings())
    case nil: return nil
    }
  }

  /// The models that are no networks.
  private enum Other: String, CaseIterable {
    case popularity
    case implicitALS = "implicit-als"
    case item2vec
  }

  /// The names of all models.
  package static var names: [String] {
    Other.allCases.map(\.rawValue) + RetrieverSettings.names
  }

  /// The model's name: `two-tower`.
  package var name: String {
    switch self {
    case .popularity: Other.popularity.rawValue
    case .implicitALS: Other.implicitALS.rawValue
    case .item2vec: Other.item2vec.rawValue
    case .network(let settings): settings.name
    }
  }
}

extension RetrieverBlock {
  /// Whether the features of an item that training never met place it.
  package var placesItemsByFeatures: Bool {
    if case .network(let settings) = self { settings.model.placesItemsByFeatures } else { false }
  }
}

/// The shape of models that are vectors of users and items alone.
package struct FactorBlock: Codable, Equatable, Sendable {
  /// The number of elements of a vector.
  package var dimension = 64

  /// The defaults.
  package init() {}
}

extension RetrieverBlock: Codable {
  private enum CodingKeys: CodingKey { case model }

  /// The settings of the model that the key `model` names.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .model)
    switch RetrieverBlock(name) {
    case .popularity: self = .popularity
    case .implicitALS: self = .implicitALS(try FactorBlock(from: decoder))
    case .item2vec: self = .item2vec(try Item2VecSettings(from: decoder))
    case .network: self = .network(try RetrieverSettings(from: decoder))
    case nil where RankerSettings.names.contains(name):
      throw SettingError(
        "retriever.model", name,
        "that is a ranker, which orders candidates and finds none: name it under "
          + "ranker.model, and give one of \(Self.names.joined(separator: ", "))")
    case nil:
      throw DecodingError.dataCorruptedError(
        forKey: .model, in: container,
        debugDescription: "'\(name)' is not one of \(Self.names.joined(separator: ", "))")
    }
  }

  /// Writes the key `model` and the keys of the model, side by side.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .model)
    switch self {
    case .popularity: break
    case .implicitALS(let factors): try factors.encode(to: encoder)
    case .item2vec(let settings): try settings.encode(to: encoder)
    case .network(let settings): try settings.encode(to: encoder)
    }
  }
}
