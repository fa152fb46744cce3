/// Which retriever, and its shape: the `retriever` block of a settings file.
///
/// Written flat: the key `model`, and beside it the keys that this model has and no others.
public enum RetrieverSettings: Sendable, Equatable {
  /// The two-tower network.
  case twoTower(TwoTowerSettings)
  /// Matrix factorisation.
  case matrixFactorisation(MatrixFactorisationSettings)

  /// The retrievers.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// The two-tower network.
    case twoTower = "two-tower"
    /// Matrix factorisation.
    case matrixFactorisation = "mf"
  }

  /// The defaults: the two-tower network.
  public init() { self.init(.twoTower) }

  /// The defaults of a retriever.
  public init(_ kind: Kind) {
    switch kind {
    case .twoTower: self = .twoTower(TwoTowerSettings())
    case .matrixFactorisation: self = .matrixFactorisation(MatrixFactorisationSettings())
    }
  }

  /// Which retriever.
  public var kind: Kind {
    switch self {
    case .twoTower: .twoTower
    case .matrixFactorisation: .matrixFactorisation
    }
  }

  /// The settings of the model alone.
  public var model: any RetrieverModelSettings {
    switch self {
    case .twoTower(let settings): settings
    case .matrixFactorisation(let settings): settings
    }
  }

  /// Throws `ModelsError.setting` for the first value that no such retriever can have.
  public func validate() throws { try model.validate() }
}

extension RetrieverSettings: Codable {
  private enum CodingKeys: CodingKey { case model }

  /// The settings of the model that the key `model` names.
  public init(from decoder: any Decoder) throws {
    let kind = try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .model)
    switch kind {
    case .twoTower: self = .twoTower(try TwoTowerSettings(from: decoder))
    case .matrixFactorisation:
      self = .matrixFactorisation(try MatrixFactorisationSettings(from: decoder))
    }
  }

  /// Writes the key `model` and the keys of the model, side by side.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .model)
    try model.encode(to: encoder)
  }
}
