import CorralData
public import CorralEvaluation
public import CorralModels

/// Everything that decides what a ranker learns: the blocks of a settings file that its training
/// reads.
public struct RankerTrainingSettings: Sendable, Codable, Equatable {
  /// The shape of the ranker.
  public var ranker = RankerSettings()
  /// The heads beside the main one, each for a label of the data.
  public var heads: [HeadSettings] = []
  /// What the heads make of a candidate, in validation and when the ranker serves.
  public var score = ServedScore.main
  /// How much of the retriever's score is added when both serve, where the retriever is a network.
  public var servedStacking = ServedStacking.validated
  /// What the main head minimises.
  public var loss = Self.crossEntropy
  /// What a positive is compared with.
  public var negatives = RankerNegativeSettings()
  /// How parameters are updated, and for how long.
  public var train = Self.patient
  /// Whether validation ranks items that a user has met.
  public var seen = EvaluationSettings.SeenItems.masked

  /// The defaults: DeepFM by cross-entropy against 20 negatives.
  public init() {}

  /// Throws for the first value that cannot be used, and for values that do not fit together.
  public func validate() throws {
    try SettingError.within("ranker") { try ranker.validate() }
    try SettingError.within("loss") { try loss.validate() }
    try SettingError.within("negatives") { try negatives.validate() }
    try SettingError.within("train") { try train.validate() }
    let watched = try Metric(named: train.metric)
    if !watched.measure.isRankMeasure {
      throw TrainingError.setting(
        key: "train.metric", value: train.metric,
        reason: "a ranker orders candidates that are given; watch ndcg@\(watched.cutoff) or "
          + "recall@\(watched.cutoff)")
    }
    if ranker.model.history == 0, train.withheldUsers > 0 {
      throw TrainingError.setting(
        key: "train.withheldUsers", value: "\(train.withheldUsers)",
        reason: "without a history nothing would be left of their queries; give 0, or set "
          + "ranker.history to 20")
    }
  }

  private static var crossEntropy: LossSettings {
    var loss = LossSettings()
    (loss.kind, loss.temperature) = (.bce, 1)
    return loss
  }

  private static var patient: TrainingSettings {
    var train = TrainingSettings()
    (train.batch, train.epochs) = (512, 20)
    return train
  }
}
