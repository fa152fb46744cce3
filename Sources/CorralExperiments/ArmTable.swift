package import CorralArtifacts
import CorralData
package import CorralEvaluation
import CorralPipeline
package import CorralSettings
package import CorralTraining
package import Foundation

/// Several ways of training on the same data, measured alike: the experiments whose rows are models.
///
/// Each training is a process of its own, so that its memory can be told apart, and is kept: an
/// experiment that was stopped goes on where it was.
package struct ArmTable {
  /// One way of training: a row of the table.
  package struct Arm: Codable, Equatable {
    package var name: String
    /// Settings besides the defaults of the models, as `--set` takes them.
    package var set: [String]
    /// The published recall@10, ndcg@10 and mrr@10, on the data that the study says; empty where
    /// nothing was.
    package var published: [Double] = []

    /// How its stages are trained.
    package var method: CooperativeMethod {
      let names = self.set.filter { $0.hasPrefix("method=") }.map { String($0.dropFirst(7)) }
      return names.last.flatMap(CooperativeMethod.init) ?? .independent
    }

    /// The blocks of settings that its training does not read.
    package var unreadBlocks: [String] {
      let hasRanker = self.set.contains { $0.hasPrefix("ranker.model=") }
      return method.unreadBlocks + (hasRanker ? [] : ["ranker", "ranking"])
    }
  }

  /// What the experiment can be told.
  package struct Options: Codable {
    package var experiment: String
    /// The retriever and the ranker, where the study is one of pairs.
    package var pair: ArmStudy.Pair
    package var seeds: [UInt64] = [1, 2, 3]
    /// The seconds of an arm's first training above which it is not repeated with the other seeds;
    /// 0 repeats every arm.
    package var repeatWithin = 0.0
    /// Names of the arms that are repeated with the other seeds; all where none is given.
    package var repeated: [String] = []
    /// Names of the arms to run; all where none is given.
    package var only: [String] = []
    /// The arm that the others are tested against; the best where it is empty or not run.
    package var against: String
    /// The data, one path.
    package var data = ""
    /// Settings of every arm, as `--set` takes them, but for blocks that its training does not read.
    package var set: [String] = []
    package var arms: [Arm]

    /// The defaults of a study.
    package init(_ study: ArmStudy, pair: ArmStudy.Pair) {
      experiment = study.rawValue
      self.pair = pair
      against = study.against
      arms = study.arms(pair)
    }

    /// The settings that every arm was given, to end a line with.
    package var settingsOfAll: String {
      self.set.isEmpty
        ? "" : "; every arm with " + self.set.map { "`\($0)`" }.joined(separator: ", ")
    }
  }

  /// A row of the result.
  package struct Row: Codable {
    package var arm: Arm
    /// The seeds that it was trained with.
    package var seeds: [UInt64]
    package var metrics: [String: SeedAverage.Summary]
    /// What the retriever found before the ranker ordered it; the same metrics.
    package var retriever: [String: SeedAverage.Summary]?
    /// The paired test for the headline metric against the arm that all are tested against, over the
    /// seeds that both were trained with; none for that arm itself.
    package var test: SeedAverage.Comparison?
    /// The same test of the retrievers before their rankers, where both arms have one.
    package var retrieverTest: SeedAverage.Comparison?
    /// Seconds of training, the mean over seeds.
    package var seconds: Double
    /// Epochs or sweeps, the mean over seeds.
    package var epochs: Double
    /// The most memory of a run, in bytes.
    package var peakMemory: Int
  }

  /// What `--json` prints.
  package struct Results: Codable {
    package var experiment: String
    package var data: Manifest.DataProvenance
    package var rules: EvaluationReport.Rules
    package var seeds: [UInt64]
    /// The arm that the others are tested against.
    package var against: String
    package var rows: [Row]

    private enum CodingKeys: String, CodingKey {
      case experiment, data, seeds, against, rows
      case rules = "protocol"
    }
  }

  package let options: Options
  /// Where the trained models are kept.
  package let folder: URL
  /// Is told what is trained.
  let note: (String) -> Void

  /// An experiment that keeps its models in a folder.
  package init(options: Options, folder: URL, note: @escaping (String) -> Void) {
    self.options = options
    self.folder = folder
    self.note = note
  }

  /// The arms to run.
  package var arms: [Arm] {
    options.arms.filter { options.only.isEmpty || options.only.contains($0.name) }
  }

  /// Where the model of an arm is kept.
  package func place(of arm: Arm, seed: UInt64) -> URL {
    folder.appending(
      path: "\(arm.name.replacing(/[^A-Za-z0-9]+/, with: "-"))-seed-\(seed)")
  }

  /// Trains and measures every arm with every seed, best first.
  package func run() throws -> Results {
    guard !options.data.isEmpty else {
      throw ExperimentError("this experiment needs data: pass --data PATH")
    }
    guard !options.seeds.isEmpty else {
      throw ExperimentError("seeds is empty; give at least one, as in --set seeds=[1,2,3]")
    }
    guard options.repeatWithin >= 0 else {
      throw ExperimentError(
        "repeatWithin is \(options.repeatWithin); give seconds, or 0 to repeat every arm")
    }
    let names = options.arms.map(\.name)
    guard !names.isEmpty else {
      throw ExperimentError("arms is empty; leave it out, or give at least one")
    }
    let against = options.against.isEmpty ? [] : [options.against]
    if let unknown = (options.only + options.repeated + against)
      .first(where: { !names.contains($0) })
    {
      throw ExperimentError(
        "no arm is called '\(unknown)'; there are " + names.joined(separator: ", "))
    }
    var rows: [(row: Row, average: SeedAverage, retriever: SeedAverage?)] = []
    var provenance: Manifest.DataProvenance?
    for arm in arms {
      let runs = try trained(arm)
      let average = SeedAverage(runs.map(\.evaluation))
      let retrievers = runs.compactMap(\.retriever)
      let retriever = retrievers.isEmpty ? nil : SeedAverage(retrievers)
      let row = Row(
        arm: arm, seeds: Array(options.seeds.prefix(runs.count)), metrics: try average.summaries(),
        retriever: try retriever?.summaries(),
        seconds: runs.map(\.seconds).mean, epochs: runs.map(\.epochs).mean,
        peakMemory: runs.map(\.peakMemory).max() ?? 0)
      rows.append((row, average, retriever))
      provenance = runs[0].data
    }
    let cutoffs = rows[0].average.evaluations[0].settings.cutoffs
    let headline = Metric(.ndcg, at: cutoffs.contains(10) ? 10 : cutoffs[0])
    rows.sort {
      ($0.row.metrics["\(headline)"]?.mean ?? 0) > ($1.row.metrics["\(headline)"]?.mean ?? 0)
    }
    let baseline = rows.firstIndex { $0.row.arm.name == options.against } ?? 0
    for position in rows.indices where position != baseline {
      rows[position].row.test = try rows[position].average.compared(
        with: rows[baseline].average, on: headline)
      if let retriever = rows[position].retriever, let other = rows[baseline].retriever {
        rows[position].row.retrieverTest = try retriever.compared(with: other, on: headline)
      }
    }
    guard let provenance, let rules = rows[0].average.evaluations.first?.report().protocolInUse
    else { throw ExperimentError("nothing was trained") }
    return Results(
      experiment: options.experiment, data: provenance, rules: rules, seeds: options.seeds,
      against: rows[baseline].row.arm.name, rows: rows.map(\.row))
  }

  /// An arm trained with every seed, or with the first where it is not to be repeated or takes too
  /// long for it.
  private func trained(_ arm: Arm) throws -> [TrainedArm] {
    let first = try trained(arm, seed: options.seeds[0])
    let isRepeated = options.repeated.isEmpty || options.repeated.contains(arm.name)
    let isShort = options.repeatWithin == 0 || first.seconds <= options.repeatWithin
    guard isRepeated, isShort else { return [first] }
    return try [first] + options.seeds.dropFirst().map { try trained(arm, seed: $0) }
  }

  /// A trained arm, from its folder where an earlier run left it.
  private func trained(_ arm: Arm, seed: UInt64) throws -> TrainedArm {
    let place = place(of: arm, seed: seed)
    if let kept = try TrainedArm(at: place) {
      try kept.checkSettings(
        are: settings(of: arm, seed: seed), butFor: unread(by: arm), at: place)
      return kept
    }
    note("\(arm.name), seed \(seed)")
    let isLent = try beginWithTrainedRetriever(arm, seed: seed)
    let keep = try !isLent && sharesFirstStage(arm, seed: seed) ? ["--keep-checkpoint"] : []
    let resume = CheckpointFolder(beside: place).exists ? ["--resume"] : []
    let child = try ChildProcess(
      ["train", "--data", options.data, "--out", place.path, "--seed", "\(seed)", "--quiet"]
        + assignments(of: arm).flatMap { ["--set", $0] } + resume + keep)
    guard child.code == 0 else {
      throw ExperimentError(
        "training \(arm.name) ended with exit code \(child.code); its message is above")
    }
    try TrainedArm.note(peakMemory: child.peakMemory, at: place)
    guard let trained = try TrainedArm(at: place) else {
      throw ExperimentError("\(place.path) holds no evaluation")
    }
    return trained
  }

  /// What a training is told, as `train` understands it.
  package func settings(of arm: Arm, seed: UInt64) throws -> Settings {
    var overlay = Settings.overlay()
    try overlay.apply(file: nil, assignments: assignments(of: arm))
    var settings = try overlay.decoded()
    settings.data.path = options.data
    settings.seed(seed)
    settings.dropUnreadImpressions()
    return settings
  }

  /// The settings of an arm, and those of every arm that its training reads.
  private func assignments(of arm: Arm) -> [String] {
    let unread = unread(by: arm)
    return arm.set
      + options.set.filter { setting in !unread.contains(where: setting.hasPrefix) }
  }

  /// What the settings begin with that the training of an arm does not read.
  private func unread(by arm: Arm) -> [String] { arm.unreadBlocks.map { $0 + "." } }
}

extension [Double] {
  /// The mean; 0 of nothing.
  fileprivate var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
