import CorralModels
import Testing

/// The retrievers of `Scripts/golden_retrievers.py` with the shapes that PyTorch's twins have
/// there.
@Suite struct `retrievers, against PyTorch` {
  @Test func `BPR-MF`() throws {
    var settings = BPRMFSettings()
    settings.dimension = 4
    try GoldenRetriever("bpr-mf") {
      try BPRMF(settings, for: GoldenNetwork.catalogue, in: $0)
    }.expectEqual()
  }

  @Test func `LogisticMF, whose biases are coordinates`() throws {
    var settings = LogisticMFSettings()
    settings.dimension = 4
    try GoldenRetriever("logistic-mf") {
      try LogisticMF(settings, for: GoldenNetwork.catalogue, in: $0)
    }.expectEqual()
  }

  @Test func `NeuMF, whose first layer is in two parts`() throws {
    try GoldenRetriever("neumf") {
      try NeuMF(Self.neuMF, for: GoldenNetwork.catalogue, in: $0)
    }.expectEqual()
  }

  @Test func `DSSM with features`() throws {
    var settings = DSSMSettings()
    settings.dimension = 4
    settings.hidden = [6, 3]
    try GoldenRetriever("dssm") {
      try DSSM(settings, for: GoldenNetwork.catalogue, in: $0)
    }.expectEqual()
  }

  @Test func `Caser, as two-dimensional convolutions`() throws {
    var settings = CaserSettings()
    settings.dimension = 4
    (settings.history, settings.horizontal, settings.vertical) = (3, 2, 3)
    try GoldenRetriever("caser") {
      try Caser(settings, for: GoldenNetwork.catalogue, in: $0)
    }.expectEqual()
  }

  @Test func `MIND, whose routing has no gradient`() throws {
    try GoldenRetriever("mind") {
      try MIND(Self.mind, for: GoldenNetwork.catalogue, in: $0)
    }.expectEqual()
  }

  @Test func `ComiRec-SA`() throws {
    var settings = ComiRecSettings()
    settings.dimension = 4
    (settings.history, settings.interests, settings.hidden) = (3, 2, 6)
    try GoldenRetriever("comirec") {
      try ComiRec(settings, for: GoldenNetwork.catalogue, in: $0)
    }.expectEqual()
  }

  @Test func `MMoE, with whole blocks for experts`() throws {
    var settings = MMoESettings()
    settings.dimension = 4
    (settings.history, settings.interests, settings.experts) = (3, 2, 3)
    (settings.heads, settings.hidden) = (2, 6)
    try GoldenRetriever("mmoe") {
      try MMoE(settings, for: GoldenNetwork.catalogue, in: $0)
    }.expectEqual()
  }

  static var neuMF: NeuMFSettings {
    var settings = NeuMFSettings()
    settings.dimension = 4
    settings.hidden = [6, 3]
    return settings
  }

  static var mind: MINDSettings {
    var settings = MINDSettings()
    settings.dimension = 4
    (settings.history, settings.interests, settings.hidden) = (3, 2, [6])
    settings.power = 1.5
    return settings
  }
}
