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
    try retriever.validate()
    try loss.validate()
    try negatives.validate()
    try train.validate()
  }

  /// The settings that a resumed run may change.
  ///
  /// They decide when it ends or is saved, and no number on the way. With a learning rate that falls to the last epoch, the number of epochs is one.
  static func free(_ settings: FlatSettings) -> Set<String> {
    let free: Set = ["train.epochs", "train.patience", "train.checkpointEvery"]
    let isConstant =
      settings.values["train.schedule"] == TrainingSettings.Schedule.constant.rawValue
    return isConstant ? free : free.subtracting(["train.epochs"])
  }
}
