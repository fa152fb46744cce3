import CorralData
public import CorralEvaluation
public import CorralModels

/// The settings of a ranker's training: the `rankerTraining` block of a settings file.
///
/// The shape of the ranker and the treatment of seen items stand in blocks of their own.
public struct RankerTrainingSettings: Sendable, Codable, Equatable {
  /// The shape of the ranker.
  public var ranker = RankerSettings()
  /// The heads beside the main one, each for a label of the data.
  public var heads: [HeadSettings] = []
  /// How the heads make one score, in validation and when the ranker serves.
  public var score = ServedScore.main
  /// How often the score of a retriever network is added to the ranker's when both serve.
  package var servedStacking = StackingChoice.validated
  /// What the main head minimises.
  public var loss = Self.crossEntropy
  /// The negatives that a positive is compared with.
  public var negatives = RankerNegativeSettings()
  /// How parameters are updated, and for how long.
  public var train = Self.patient
  /// Whether validation ranks items that a user has met.
  public var seen = EvaluationSettings.SeenItems.masked

  /// The name of the block of a settings file that holds all of this but `ranker` and `seen`, for
  /// errors; `nil` for none.
  package var block: String?

  /// The keys of the block; `ranker` and `seen` belong to other blocks.
  private enum CodingKeys: CodingKey {
    case heads, score, servedStacking, loss, negatives, train
  }

  /// Everything that decides what is learned, by key.
  func flat() throws -> FlatSettings {
    struct Others: Encodable {
      let ranker: RankerSettings
      let seen: EvaluationSettings.SeenItems
    }
    return try FlatSettings(self)
      .adding(FlatSettings(Others(ranker: ranker, seen: seen)).values)
  }

  /// The defaults: DeepFM by cross-entropy against 20 negatives.
  public init() {}

  /// Throws `SettingError` for the first value that cannot be used, and for values that do not fit
  /// together.
  package func validate() throws {
    try SettingError.within("ranker") { try ranker.validate() }
    try within {
      try SettingError.within("loss") { try loss.validate() }
      try SettingError.within("negatives") { try negatives.validate() }
      try SettingError.within("train") {
        try train.validate()
        let watched = try Metric(named: train.metric)
        try SettingError.check(
          watched.measure.isRankMeasure, "metric", train.metric,
          "a ranker orders candidates that are given; watch ndcg@\(watched.cutoff) or "
            + "recall@\(watched.cutoff)")
        try train.checkWithheldUsers(of: ranker)
      }
    }
  }

  /// Throws as `validate()`, and for negatives that cannot follow the retriever whose candidates the
  /// ranker orders; `nil` stands for a retriever that is no network.
  package func validate(over retriever: RetrieverSettings?) throws {
    try validate()
    try within {
      try SettingError.within("negatives") { try negatives.check(following: retriever) }
    }
  }

  /// Runs a body whose errors name keys of these settings, and puts the block's name before them.
  func within<Result>(_ body: () throws -> Result) throws -> Result {
    if let block { try SettingError.within(block, body) } else { try body() }
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

extension TrainingSettings {
  /// Throws `SettingError` if users are withheld from a ranker that reads no history.
  func checkWithheldUsers(of ranker: RankerSettings) throws {
    try SettingError.check(
      ranker.model.history > 0 || withheldUsers == 0, "withheldUsers", withheldUsers,
      "without a history nothing would be left of their queries; give 0, or set ranker.history to 20"
    )
  }
}
