import CorralData
public import CorralEvaluation
public import CorralModels
public import CorralSampling

/// The settings of a retriever's training: all blocks of a settings file that it reads.
public struct RetrieverTrainingSettings: Sendable, Codable, Equatable {
  /// The shape of the retriever.
  public var retriever = RetrieverSettings()
  /// What training minimises.
  public var loss = LossSettings()
  /// The negatives that a positive is compared with.
  public var negatives = NegativeSettings()
  /// How the loss corrects for the sampling of negatives.
  public var correction = CorrectionSettings()
  /// How parameters are updated, and for how long.
  public var train = TrainingSettings()
  /// Whether validation ranks items that a user has met.
  public var seen = EvaluationSettings.SeenItems.masked

  /// The defaults.
  public init() {}

  /// Throws `SettingError` for the first value that cannot be used, and for values that do not fit
  /// together.
  package func validate() throws {
    try SettingError.within("retriever") { try retriever.validate() }
    try SettingError.within("loss") { try loss.validate() }
    try SettingError.within("negatives") {
      try negatives.validate()
      try negatives.kind.check(scoredBy: retriever)
    }
    try SettingError.within("correction") { try correction.validate() }
    try SettingError.within("train") { try train.validate() }
  }

  /// Throws as `validate()`, and for settings that need clusters of items when there are none.
  ///
  /// Traps if a retriever is to be told of other clusters.
  func validate(over partition: Partition?, _ tasks: ItemTasks?) throws {
    try validate()
    try SettingError.check(
      partition != nil || negatives.kind != .inCluster, "negatives.kind", negatives.kind.rawValue,
      "there are no clusters to draw in; set clusters.kind, such as item2vec, or give uniform")
    if let tasks, tasks.count != partition?.count {
      fatalError(
        "a retriever of \(tasks.count) clusters is trained over \(partition?.count ?? 0)")
    }
  }
}

extension NegativeSource {
  /// Throws `SettingError` for draws by inner products from a retriever whose scores are none.
  func check(scoredBy retriever: RetrieverSettings) throws {
    try SettingError.check(
      retriever.model.isInnerProduct || !followsQueries, "kind", rawValue,
      "it follows inner products, and the scores of \(retriever.name) are none; give "
        + "uniform or popularity")
  }
}
