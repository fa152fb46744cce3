/// Which ranker, and its shape: the `ranker` block of a settings file.
///
/// Written flat: the key `model`, and beside it the keys that this model has and no others.
public enum RankerSettings: Sendable, Equatable {
  /// DeepFM.
  case deepFM(DeepFMSettings)
  /// The deep and cross network.
  case dcn(DCNSettings)
  /// The deep and cross network with matrices.
  case dcnV2(DCNv2Settings)
  /// The deep interest network.
  case din(DINSettings)
  /// The behaviour sequence transformer.
  case bst(BSTSettings)

  /// The rankers.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// DeepFM.
    case deepFM = "deepfm"
    /// The deep and cross network.
    case dcn
    /// The deep and cross network with matrices.
    case dcnV2 = "dcn-v2"
    /// The deep interest network.
    case din
    /// The behaviour sequence transformer.
    case bst
  }

  /// The defaults: DeepFM.
  public init() { self.init(.deepFM) }

  /// The defaults of a ranker.
  public init(_ kind: Kind) {
    switch kind {
    case .deepFM: self = .deepFM(DeepFMSettings())
    case .dcn: self = .dcn(DCNSettings())
    case .dcnV2: self = .dcnV2(DCNv2Settings())
    case .din: self = .din(DINSettings())
    case .bst: self = .bst(BSTSettings())
    }
  }

  /// Which ranker.
  public var kind: Kind {
    switch self {
    case .deepFM: .deepFM
    case .dcn: .dcn
    case .dcnV2: .dcnV2
    case .din: .din
    case .bst: .bst
    }
  }

  /// The settings of the model alone.
  public var model: any RankerModelSettings {
    switch self {
    case .deepFM(let settings): settings
    case .dcn(let settings): settings
    case .dcnV2(let settings): settings
    case .din(let settings): settings
    case .bst(let settings): settings
    }
  }

  /// Throws `ModelsError.setting` for the first value that no such ranker can have.
  public func validate() throws { try model.validate() }
}

extension RankerSettings: Codable {
  private enum CodingKeys: CodingKey { case model }

  /// The settings of the model that the key `model` names.
  ///
  /// Throws `ModelsError.setting` where it names none, or a retriever.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .model)
    switch try Kind(named: name) {
    case .deepFM: self = .deepFM(try DeepFMSettings(from: decoder))
    case .dcn: self = .dcn(try DCNSettings(from: decoder))
    case .dcnV2: self = .dcnV2(try DCNv2Settings(from: decoder))
    case .din: self = .din(try DINSettings(from: decoder))
    case .bst: self = .bst(try BSTSettings(from: decoder))
    }
  }

  /// Writes the key `model` and the keys of the model, side by side.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .model)
    try model.encode(to: encoder)
  }
}

extension RankerSettings.Kind {
  /// The ranker of a name; throws `ModelsError.setting` that says what is wrong with it.
  public init(named name: String) throws {
    if let kind = Self(rawValue: name) {
      self = kind
      return
    }
    let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
    let reason =
      RetrieverSettings.Kind(rawValue: name) == nil
      ? "there is no such ranker" : "that is a retriever, which belongs under retriever.model"
    throw ModelsError.setting(
      key: "ranker.model", value: name, reason: "\(reason); give one of \(names)")
  }
}
