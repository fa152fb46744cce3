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

extension RankingBlock {
  /// Runs what reads these settings as the library has them, and says of a wrong one where it stands:
  /// the library's `train.rate` is `ranking.train.rate` here.
  package static func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as SettingError where !error.path.isOfRanker {
      throw SettingError("ranking.\(error.path)", error.value, error.reason.underRanking)
    } catch TrainingError.setting(let key, let value, let reason) where !key.isOfRanker {
      throw TrainingError.setting(key: "ranking.\(key)", value: value, reason: reason.underRanking)
    } catch TrainingError.lossNotFinite(let loss, _, let epoch, let step) {
      throw TrainingError.lossNotFinite(loss, block: "ranking.", epoch: epoch, step: step)
    } catch TrainingError.parameterNotFinite(let name, _, let epoch, let step) {
      throw TrainingError.parameterNotFinite(name, block: "ranking.", epoch: epoch, step: step)
    } catch TrainingError.validationNotFinite(let place, _, let epoch) {
      throw TrainingError.validationNotFinite(place, block: "ranking.", epoch: epoch)
    }
  }
}

extension String {
  /// Whether a key is one of the block `ranker`, which is called the same everywhere.
  fileprivate var isOfRanker: Bool { hasPrefix("ranker.") }

  /// A reason that names other settings of a ranker's training.
  fileprivate var underRanking: String {
    ["loss", "negatives", "train"].reduce(self) { text, block in
      text.replacing(" \(block).", with: " ranking.\(block).")
    }
  }
}
