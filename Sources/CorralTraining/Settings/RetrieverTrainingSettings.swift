import CorralData
public import CorralEvaluation
public import CorralModels
public import CorralSampling

/// Everything that decides what a retriever learns: the blocks of a settings file that training reads.
public struct RetrieverTrainingSettings: Sendable, Codable, Equatable {
  /// The shape of the retriever.
  public var retriever = RetrieverSettings()
  /// What training minimises.
  public var loss = LossSettings()
  /// Which items a positive is compared with.
  public var negatives = NegativeSettings()
  /// How the sampling of those items is corrected.
  public var correction = CorrectionSettings()
  /// How parameters are updated, and for how long.
  public var train = TrainingSettings()
  /// Whether validation ranks items that a user has met.
  public var seen = EvaluationSettings.SeenItems.masked

  /// The defaults.
  public init() {}

  /// Throws for the first value that cannot be used, and for values that do not fit together.
  public func validate() throws {
    try SettingError.within("retriever") { try retriever.validate() }
    try SettingError.within("loss") { try loss.validate() }
    try SettingError.within("negatives") { try negatives.validate() }
    try SettingError.within("train") { try train.validate() }
  }
}
