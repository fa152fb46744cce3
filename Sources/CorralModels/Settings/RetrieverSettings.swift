/// Which retriever, and its shape: the `retriever` block of a settings file.
///
/// Written flat: the key `model`, and beside it the keys that this model has and no others.
public enum RetrieverSettings: Sendable, Equatable {
  /// The two-tower network.
  case twoTower(TwoTowerSettings)
  /// Matrix factorisation.
  case matrixFactorisation(MatrixFactorisationSettings)
  /// Matrix factorisation by Bayesian personalised ranking.
  case bprMF(BPRMFSettings)
  /// Logistic matrix factorisation, with biases.
  case logisticMF(LogisticMFSettings)
  /// Neural matrix factorisation: NCF.
  case neuMF(NeuMFSettings)
  /// Layers over the ids and features of users and items.
  case dssm(DSSMSettings)
  /// Convolutions over the last items.
  case caser(CaserSettings)
  /// Several interests by dynamic routing.
  case mind(MINDSettings)
  /// Several interests by self-attention: ComiRec-SA.
  case comiRec(ComiRecSettings)
  /// A mixture of self-attention experts.
  case mmoe(MMoESettings)
  /// SASRec: a causal transformer.
  case sasRec(SASRecSettings)
  /// BERT4Rec: a bidirectional transformer.
  case bert4Rec(BERT4RecSettings)
  /// GRU4Rec: recurrent layers.
  case gru4Rec(GRU4RecSettings)

  /// The retrievers.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// The two-tower network.
    case twoTower = "two-tower"
    /// Matrix factorisation.
    case matrixFactorisation = "mf"
    /// Matrix factorisation by Bayesian personalised ranking.
    case bprMF = "bpr-mf"
    /// Logistic matrix factorisation, with biases.
    case logisticMF = "logistic-mf"
    /// Neural matrix factorisation: NCF.
    case neuMF = "neumf"
    /// Layers over the ids and features of users and items.
    case dssm
    /// Convolutions over the last items.
    case caser
    /// Several interests by dynamic routing.
    case mind
    /// Several interests by self-attention: ComiRec-SA.
    case comiRec = "comirec"
    /// A mixture of self-attention experts.
    case mmoe
    /// SASRec: a causal transformer.
    case sasRec = "sasrec"
    /// BERT4Rec: a bidirectional transformer.
    case bert4Rec = "bert4rec"
    /// GRU4Rec: recurrent layers.
    case gru4Rec = "gru4rec"
  }

  /// The defaults: the two-tower network.
  public init() { self.init(.twoTower) }

  /// The defaults of a retriever.
  public init(_ kind: Kind) {
    switch kind {
    case .twoTower: self = .twoTower(TwoTowerSettings())
    case .matrixFactorisation: self = .matrixFactorisation(MatrixFactorisationSettings())
    case .bprMF: self = .bprMF(BPRMFSettings())
    case .logisticMF: self = .logisticMF(LogisticMFSettings())
    case .neuMF: self = .neuMF(NeuMFSettings())
    case .dssm: self = .dssm(DSSMSettings())
    case .caser: self = .caser(CaserSettings())
    case .mind: self = .mind(MINDSettings())
    case .comiRec: self = .comiRec(ComiRecSettings())
    case .mmoe: self = .mmoe(MMoESettings())
    case .sasRec: self = .sasRec(SASRecSettings())
    case .bert4Rec: self = .bert4Rec(BERT4RecSettings())
    case .gru4Rec: self = .gru4Rec(GRU4RecSettings())
    }
  }

  /// Which retriever.
  public var kind: Kind {
    switch self {
    case .twoTower: .twoTower
    case .matrixFactorisation: .matrixFactorisation
    case .bprMF: .bprMF
    case .logisticMF: .logisticMF
    case .neuMF: .neuMF
    case .dssm: .dssm
    case .caser: .caser
    case .mind: .mind
    case .comiRec: .comiRec
    case .mmoe: .mmoe
    case .sasRec: .sasRec
    case .bert4Rec: .bert4Rec
    case .gru4Rec: .gru4Rec
    }
  }

  /// The settings of the model alone.
  public var model: any RetrieverModelSettings {
    switch self {
    case .twoTower(let settings): settings
    case .matrixFactorisation(let settings): settings
    case .bprMF(let settings): settings
    case .logisticMF(let settings): settings
    case .neuMF(let settings): settings
    case .dssm(let settings): settings
    case .caser(let settings): settings
    case .mind(let settings): settings
    case .comiRec(let settings): settings
    case .mmoe(let settings): settings
    case .sasRec(let settings): settings
    case .bert4Rec(let settings): settings
    case .gru4Rec(let settings): settings
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
    case .bprMF: self = .bprMF(try BPRMFSettings(from: decoder))
    case .logisticMF: self = .logisticMF(try LogisticMFSettings(from: decoder))
    case .neuMF: self = .neuMF(try NeuMFSettings(from: decoder))
    case .dssm: self = .dssm(try DSSMSettings(from: decoder))
    case .caser: self = .caser(try CaserSettings(from: decoder))
    case .mind: self = .mind(try MINDSettings(from: decoder))
    case .comiRec: self = .comiRec(try ComiRecSettings(from: decoder))
    case .mmoe: self = .mmoe(try MMoESettings(from: decoder))
    case .sasRec: self = .sasRec(try SASRecSettings(from: decoder))
    case .bert4Rec: self = .bert4Rec(try BERT4RecSettings(from: decoder))
    case .gru4Rec: self = .gru4Rec(try GRU4RecSettings(from: decoder))
    }
  }

  /// Writes the key `model` and the keys of the model, side by side.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .model)
    try model.encode(to: encoder)
  }
}
