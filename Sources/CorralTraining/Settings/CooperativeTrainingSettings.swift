import CorralData
public import CorralEvaluation
public import CorralModels
public import CorralSampling

/// The settings of joint training: all blocks of a settings file that it reads.
public struct CooperativeTrainingSettings: Sendable, Codable, Equatable {
  /// The shape of the retriever.
  public var retriever = RetrieverSettings()
  /// The shape of the ranker.
  public var ranker = RankerSettings()
  /// How they are trained for each other.
  public var method = CooperativeMethod.corr
  /// How joint training samples its candidates.
  public var proposal = ProposalSettings()
  /// How they teach each other.
  package var cooperation = CooperationSettings()
  /// The temperature of the retriever's scores, and under supervision of its own its loss.
  public var loss = LossSettings()
  /// Under supervision of its own, the retriever's negatives.
  public var negatives = NegativeSettings()
  /// Under supervision of its own, how the loss corrects for the sampling of negatives.
  public var correction = CorrectionSettings()
  /// How parameters are updated, and for how long.
  public var train = TrainingSettings()
  /// How many items the retriever hands to the ranker in validation.
  public var candidates = 100
  /// Whether validation ranks items that a user has met.
  public var seen = EvaluationSettings.SeenItems.masked

  /// The defaults.
  public init() {}

  /// Throws `SettingError` for the first value that cannot be used, and for values that do not fit
  /// together.
  package func validate() throws {
    try retrieval.validate()
    try SettingError.within("ranker") { try ranker.validate() }
    try SettingError.within("proposal") { try proposal.validate() }
    try SettingError.within("cooperation") {
      try cooperation.validate(method, draws: proposal.count)
    }
    _ = try jointLoss()
    try SettingError.within("proposal") { try proposal.kind.check(scoredBy: retriever) }
    try SettingError.check(
      cooperation.supervision == .proposal || !negatives.kind.followsItems, "negatives.kind",
      negatives.kind.rawValue,
      "in joint training the proposal alone follows the retriever; set proposal.kind to it, and "
        + "cooperation.supervision to proposal")
    try SettingError.check(
      negatives.kind != .inCluster, "negatives.kind", negatives.kind.rawValue,
      "joint training knows no clusters; give in-batch or uniform, or set method to independent")
    try SettingError.within("train") { try train.checkWithheldUsers(of: ranker) }
    try SettingError.check(
      candidates > 0, "evaluate.candidates", candidates,
      "a ranker orders 1 candidate or more, such as 100")
  }

  /// The loss of the method; throws `SettingError` for a method without a loss of both stages.
  func jointLoss() throws -> JointLoss {
    guard let loss = JointLoss(method, cooperation) else {
      throw SettingError(
        "method", method.rawValue,
        "each stage is then trained by itself, with RetrieverTraining and RankerTraining; give icc, "
          + "rankflow or corr")
    }
    return loss
  }

  /// The settings of a training of the retriever alone.
  var retrieval: RetrieverTrainingSettings {
    var settings = RetrieverTrainingSettings()
    (settings.retriever, settings.loss) = (retriever, loss)
    (settings.negatives, settings.correction) = (negatives, correction)
    (settings.train, settings.seen) = (train, seen)
    return settings
  }
}
