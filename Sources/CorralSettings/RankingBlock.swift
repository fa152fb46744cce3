import CorralData
package import CorralModels
package import CorralTraining

/// How the ranker is trained, where there is one: the `ranking` block of a settings file.
///
/// The library's settings of a ranker's training, without the ranker's shape.
package struct RankingBlock: Codable, Equatable, Sendable {
  /// The heads beside the main one, each for a label of the data.
  package var heads = RankerTrainingSettings().heads
  /// What the heads make of a candidate.
  package var score = RankerTrainingSettings().score
  /// How much of the retriever's score is added when both serve, where the retriever is a network.
  package var servedStacking = RankerTrainingSettings().servedStacking
  /// What the main head minimises.
  package var loss = RankerTrainingSettings().loss
  /// What a positive is compared with.
  package var negatives = RankerTrainingSettings().negatives
  /// How parameters are updated, and for how long.
  package var train = RankerTrainingSettings().train

  /// The defaults.
  package init() {}
}
