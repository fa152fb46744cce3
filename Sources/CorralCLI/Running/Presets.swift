import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralModels
import CorralTraining

extension SyntheticSettings {
  /// The catalogue of the quick start: learned in seconds, and large enough to be worth it.
  static let quickstart = SyntheticSettings(
    users: 3_000, items: 1_000, interactions: 120_000, seed: 2024)

  /// The data of experiments without a path.
  static let experiment = SyntheticSettings(
    users: 4_000, items: 2_000, interactions: 160_000, seed: 2024)
}

extension Settings {
  /// The settings of the quick start.
  static var quickstart: Settings {
    var settings = Settings()
    settings.train.epochs = 6
    settings.train.batch = 512
    settings.train.rate = 0.003
    // Steps this small are no faster on two threads, and far slower where others use the cores.
    settings.train.threads = 1
    settings.evaluate.cutoffs = [10, 50]
    return settings
  }
}

extension PopularityBias {
  /// The settings of a run of the bench: in-batch negatives, as many epochs as all arms need.
  static var defaults: Settings {
    var settings = Settings()
    settings.train.epochs = 8
    settings.train.batch = 512
    settings.train.rate = 0.003
    settings.train.patience = 3
    settings.train.threads = 1
    settings.evaluate.cutoffs = [10, 50]
    return settings
  }
}

extension LoadedData {
  /// Data that are made up, and nowhere on disk.
  init(synthetic settings: SyntheticSettings, split rule: SplitRule) throws {
    let dataset = try Dataset.synthesized(settings)
    self.dataset = dataset
    report = nil
    split = try dataset.split(rule)
    histories = split.everything
    provenance = .init(
      path: "synthetic, seed \(settings.seed)", sha256: "", users: dataset.users.count,
      items: dataset.items.count, interactions: dataset.log.count)
  }
}
