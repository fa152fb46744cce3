import CorralData
public import CorralEvaluation
public import CorralModels
public import CorralSampling

/// Everything that decides what a retriever and a ranker learn together: the blocks of a settings file
/// that cooperative training reads.
public struct CooperativeTrainingSettings: Sendable, Codable, Equatable {
  /// The shape of the retriever.
  public var retriever = RetrieverSettings()
  /// The shape of the ranker.
  public var ranker = RankerSettings()
  /// How they are trained for each other.
  public var method = CooperativeMethod.corr
  /// Where the candidates of training come from.
  public var proposal = ProposalSettings()
  /// How they teach each other.
  public var cooperation = CooperationSettings()
  /// The temperature that the retriever's scores are divided by, and with supervision of its own what
  /// the retriever minimises.
  public var loss = LossSettings()
  /// With supervision of its own, what the retriever's positives are compared with.
  public var negatives = NegativeSettings()
  /// With supervision of its own, how the sampling of those is corrected.
  public var correction = CorrectionSettings()
  /// How parameters are updated, and for how long.
  public var train = TrainingSettings()
  /// How many items the retriever hands to the ranker in validation.
  public var candidates = 100
  /// Whether validation ranks items that a user has met.
  public var seen = EvaluationSettings.SeenItems.masked

  /// The defaults.
  public init() {}

  /// Throws for the first value that cannot be used, and for values that do not fit together.
  public func validate() throws {
    try retrieval.validate()
    try SettingError.within("ranker") { try ranker.validate() }
    try proposal.validate()
    try cooperation.validate(method, draws: proposal.count)
    func check(_ isGood: Bool, _ key: String, _ value: some Any, _ reason: String) throws {
      if !isGood { throw TrainingError.setting(key: key, value: "\(value)", reason: reason) }
    }
    try check(
      method != .independent, "method", method.rawValue,
      "each stage is then trained by itself, with RetrieverTraining and RankerTraining; give icc, "
        + "rankflow or corr")
    try check(
      retriever.model.isInnerProduct || !proposal.needsInnerProducts, "proposal.kind",
      proposal.kind.rawValue,
      "it follows inner products, and the scores of \(retriever.name) are none; give "
        + "uniform or popularity")
    try check(
      ranker.model.history > 0 || train.withheldUsers == 0, "train.withheldUsers",
      train.withheldUsers,
      "without a history nothing would be left of their queries; give 0, or set ranker.history to 20"
    )
    try check(
      candidates > 0, "evaluate.candidates", candidates,
      "a ranker orders 1 candidate or more, such as 100")
  }

  /// What a training of the retriever alone would be told.
  var retrieval: RetrieverTrainingSettings {
    var settings = RetrieverTrainingSettings()
    (settings.retriever, settings.loss) = (retriever, loss)
    (settings.negatives, settings.correction) = (negatives, correction)
    (settings.train, settings.seen) = (train, seen)
    return settings
  }
}
