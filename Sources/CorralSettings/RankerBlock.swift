package import CorralModels

/// Which ranker orders what the retriever found, and its shape: the `ranker` block.
///
/// Written flat: the key `model`, and the keys that this model has.
package enum RankerBlock: Equatable, Sendable {
  /// None: the retriever's order is the last word.
  case none
  /// A network that is trained by gradient.
  case network(RankerSettings)

  /// The defaults: no ranker.
  package init() { self = .none }

  /// The defaults of a ranker; `nil` for an unknown name.
  package init?(_ name: String) {
    if name == Self.noneName {
      self = .none
    } else if let network = RankerSettings(named: name) {
      self = .network(network)
    } else {
      return nil
    }
  }

  private static let noneName = "none"

  /// The names of all rankers.
  package static var names: [String] { RankerSettings.names }

  /// The ranker's name, or `none`.
  package var name: String {
    switch self {
    case .none: Self.noneName
    case .network(let settings): settings.name
    }
  }
}

extension RankerBlock: Codable {
  private enum CodingKeys: CodingKey { case model }

  /// The settings of the ranker that the key `model` names.
  package init(from decoder: any Decoder) throws {
    let name = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .model)
    self = name == Self.noneName ? .none : .network(try RankerSettings(from: decoder))
  }

  /// Writes the key `model` and the keys of the ranker, side by side.
  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .network(let settings): try settings.encode(to: encoder)
    case .none:
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(Self.noneName, forKey: .model)
    }
  }
}
