package import CorralArtifacts
package import CorralData
package import CorralEvaluation
import CorralModels
package import CorralPipeline
package import CorralSampling
package import CorralSettings
package import CorralText
import CorralTraining
import CorralVectors
import Foundation

/// The popularity-bias bench: ways of correcting in-batch negatives, compared fairly.
///
/// The arms stand in `Studies/popularity-bias.yaml`. Every arm has the same data, split, settings and
/// seeds. Arms that differ only in serving share their weights. The article that lists these
/// corrections never compared them.
package struct PopularityBias {
  package static let name = "popularity-bias"

  /// The settings of the experiment: those of a training, the seeds, and the synthetic data that stand
  /// in if no path is given.
  package struct Options: Codable {
    package var experiment = PopularityBias.name
    package var seeds: [UInt64] = [1, 2, 3]
    package var synthetic = SyntheticSettings.experiment
    package var run = PopularityBias.defaults

    private enum CodingKeys: CodingKey { case experiment, seeds, synthetic }

    package init() {}

    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      experiment = try container.decode(String.self, forKey: .experiment)
      seeds = try container.decode([UInt64].self, forKey: .seeds)
      synthetic = try container.decode(SyntheticSettings.self, forKey: .synthetic)
      run = try Settings(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(experiment, forKey: .experiment)
      try container.encode(seeds, forKey: .seeds)
      try container.encode(synthetic, forKey: .synthetic)
      try run.encode(to: encoder)
    }
  }

  /// A row of the results.
  package struct Row: Codable {
    package var arm: String
    package var correction: CorrectionSettings
    package var metrics: [String: SeedAverage.Summary]
    /// Metrics over the targets in each popularity group of items.
    package var items: [String: [String: SeedAverage.Summary]]
    /// Paired tests against the arm that the study names; empty for that arm itself.
    package var tests: [String: SeedAverage.Comparison]
  }

  /// What `--json` prints.
  package struct Results: Codable {
    package var experiment = PopularityBias.name
    package var data: Manifest.DataProvenance
    package var rules: EvaluationReport.Rules
    package var seeds: [UInt64]
    package var arms: [Row]
    package var seconds: Double

    private enum CodingKeys: String, CodingKey {
      case experiment, data, seeds, arms, seconds
      case rules = "protocol"
    }
  }

  private let study: Study
  private let options: Options
  /// Called with a line about each training.
  let note: (String) -> Void
  let observer: TrainingObserver

  /// A bench that compares the arms of a study, with its options.
  package init(
    _ study: Study, options: Options, note: @escaping (String) -> Void, observer: TrainingObserver
  ) {
    self.study = study
    self.options = options
    self.note = note
    self.observer = observer
  }

  /// Trains and measures every arm with every seed.
  package func run() throws -> Results {
    let start = ContinuousClock.now
    let data =
      try options.run.data.path.isEmpty
      ? LoadedData(synthetic: options.synthetic, split: options.run.data.split)
      : LoadedData(options.run.data)
    note(data.summary)
    let ranking = try FullRanking(of: data.split, settings: options.run.evaluate)
    let arms = try study.pairs[0].arms.map(Arm.over(options.run))
    var evaluations: [String: [Evaluation]] = [:]
    for seed in options.seeds {
      var waiting = arms
      while let first = waiting.first {
        var settings = first.settings
        settings.train.seed = seed
        note("training with seed \(seed): \(first.name)")
        let training = ModelTraining(settings, on: data, observer: observer)
        let model = try training.trained().model
        for arm in waiting where arm.trained == first.trained {
          let serving = try model.serving(
            arm.settings.correction.serving, split: data.split, settings: settings)
          let scoring = serving.scoring(data.split, part: .test)
          evaluations[arm.name, default: []].append(try ranking.evaluate(scoring))
        }
        waiting.removeAll { $0.trained == first.trained }
      }
    }
    let averages = evaluations.mapValues { SeedAverage($0) }
    guard let baseline = averages[study.against], let rules = baseline.evaluations.first?.report()
    else {
      throw ExperimentError("seeds is empty; give at least one, as in --set seeds=[1,2,3]")
    }
    return Results(
      data: data.provenance, rules: rules.protocolInUse, seeds: options.seeds,
      arms: try arms.compactMap { arm in
        try averages[arm.name].map { try row(arm, $0, baseline: baseline) }
      }, seconds: (ContinuousClock.now - start).inSeconds)
  }

  private func row(
    _ arm: Arm, _ average: SeedAverage, baseline: SeedAverage
  ) throws -> Row {
    let metrics = options.run.evaluate.metrics
    let ranks = metrics.filter { ![.coverage, .popularity].contains($0.measure) }
    var row = Row(
      arm: arm.name, correction: arm.settings.correction, metrics: [:], items: [:], tests: [:])
    for metric in metrics { row.metrics["\(metric)"] = try average.summary(of: metric) }
    for group in ["head", "middle", "tail"] {
      for metric in ranks {
        row.items[group, default: [:]]["\(metric)"] = average.summary(of: metric, items: group)
      }
    }
    for metric in metrics where arm.name != study.against && metric.measure != .coverage {
      row.tests["\(metric)"] = try average.compared(with: baseline, on: metric)
    }
    return row
  }
}

extension PopularityBias {
  /// An arm of the study, with all its settings.
  private struct Arm {
    let name: String
    let settings: Settings

    /// Lays the settings of an arm over those of the experiment.
    static func over(_ base: Settings) -> (ArmTable.Arm) throws -> Arm {
      var base = base
      // Arms that correct need an estimate; those that do not correct say so.
      if base.correction.estimate == .none { base.correction.estimate = .static }
      return { arm in
        var overlay = SettingsOverlay(base)
        overlay.lay(arm.settings, from: "arm \(arm.name)")
        return Arm(name: arm.name, settings: try overlay.decoded())
      }
    }

    /// The settings that its weights follow from: how a model serves changes none of them.
    var trained: Settings {
      var settings = settings
      settings.correction.serving = .plain
      return settings
    }
  }
}

extension SyntheticSettings {
  /// The synthetic data of experiments without a path.
  static let experiment = SyntheticSettings(
    users: 4_000, items: 2_000, interactions: 160_000, seed: 2024)
}

extension PopularityBias {
  /// The default settings of the bench: in-batch negatives, and enough epochs for every arm.
  package static var defaults: Settings {
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

extension PopularityBias.Results {
  /// A table with a row for each arm: how well it retrieves, which items, and the p-value.
  package func table(cutoff: Int) -> Table {
    let (recall, ndcg) = ("recall@\(cutoff)", "ndcg@\(cutoff)")
    var table = Table([
      ("correction", .left), (recall, .right), (ndcg, .right), ("change", .right), ("p", .right),
      ("", .left), ("head", .right), ("middle", .right), ("tail", .right),
      ("head share", .right), ("coverage", .right),
    ])
    for arm in arms {
      let test = arm.tests[ndcg]
      let parts = ["head", "middle", "tail"].map { group in
        arm.items[group]?[ndcg].map { Format.metric($0.mean) } ?? "-"
      }
      table.add(
        [arm.arm, cell(arm.metrics[recall]), cell(arm.metrics[ndcg])]
          + [test.map { Format.change(from: $0.baseline, to: $0.mean) } ?? ""]
          + [test.map { Format.pValue($0.p) } ?? "", test?.stars ?? ""] + parts
          + [percent(arm, "popularity@\(cutoff)"), percent(arm, "coverage@\(cutoff)")])
    }
    return table
  }

  private func cell(_ summary: SeedAverage.Summary?) -> String {
    guard let summary else { return "-" }
    return Format.metric(summary.mean)
      + (seeds.count > 1 ? String(format: " ±%.4f", summary.deviation) : "")
  }

  private func percent(_ arm: PopularityBias.Row, _ metric: String) -> String {
    arm.metrics[metric].map { Format.percent($0.mean) } ?? "-"
  }
}
