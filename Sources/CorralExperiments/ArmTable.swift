package import CorralArtifacts
import CorralData
package import CorralEvaluation
import CorralPipeline
import CorralSettings
import CorralTraining
package import Foundation

/// Arms trained on the same data and measured alike: the runner of a `Study`.
///
/// Each training is a process of its own, so that its memory can be measured. Its model is kept, so
/// that an experiment that was stopped continues where it was.
package struct ArmTable {
  /// A row of the results.
  package struct Row: Codable {
    package var arm: Arm
    /// The seeds that it was trained with.
    package var seeds: [UInt64]
    package var metrics: [String: SeedAverage.Summary]
    /// The same metrics of the retriever, before the ranker orders what it found.
    package var retriever: [String: SeedAverage.Summary]?
    /// The paired test of the headline metric against the arm `against`, over the seeds that both were
    /// trained with; `nil` for that arm itself.
    package var test: SeedAverage.Comparison?
    /// The same test of the retrievers before their rankers, if both arms have a ranker.
    package var retrieverTest: SeedAverage.Comparison?
    /// Seconds of training, the mean over seeds.
    package var seconds: Double
    /// Epochs or sweeps, the mean over seeds.
    package var epochs: Double
    /// The peak memory over all seeds, in bytes.
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
  let folder: URL
  /// Called with a line about each training.
  let note: (String) -> Void

  /// An experiment that keeps its models in a folder.
  package init(options: Options, folder: URL, note: @escaping (String) -> Void) {
    self.options = options
    self.folder = folder
    self.note = note
  }

  /// The arms to train.
  var arms: [Arm] {
    options.arms.filter { options.only.isEmpty || options.only.contains($0.name) }
  }

  /// Where the model of an arm is kept; of arms with names that are alike as folders, each has its own.
  func place(of arm: Arm, seed: UInt64) -> URL {
    func folderName(_ arm: Arm) -> String {
      arm.name.replacing(/[^A-Za-z0-9]+/, with: "-")
    }
    let name = folderName(arm)
    let alike = options.arms.filter { folderName($0) == name }
    let place = alike.firstIndex { $0.name == arm.name } ?? 0
    return folder.appending(path: "\(name)\(place == 0 ? "" : "-\(place + 1)")-seed-\(seed)")
  }

  /// Trains and measures every arm with every seed.
  ///
  /// Returns the best arm first. Throws `ExperimentError` for options that fit no arm, before anything
  /// is trained.
  package func run() throws -> Results {
    try options.validate()
    var measured: [MeasuredArm] = []
    for arm in arms { measured.append(try MeasuredArm(arm, trained(arm), seeds: options.seeds)) }
    let data = measured[measured.count - 1].data
    let cutoffs = measured[0].average.evaluations[0].settings.cutoffs
    let headline =
      try options.headline.isEmpty
      ? Metric(.ndcg, at: cutoffs.contains(10) ? 10 : cutoffs[0]) : Metric(named: options.headline)
    measured.sort {
      ($0.row.metrics["\(headline)"]?.mean ?? 0) > ($1.row.metrics["\(headline)"]?.mean ?? 0)
    }
    let baseline = measured.first { $0.row.arm.name == options.against } ?? measured[0]
    for position in measured.indices {
      try measured[position].test(against: baseline, on: headline)
    }
    return Results(
      experiment: options.experiment, data: data,
      rules: measured[0].average.evaluations[0].report().protocolInUse, seeds: options.seeds,
      against: baseline.row.arm.name, rows: measured.map(\.row))
  }

  /// Trains an arm with every seed, or with the first seed alone if the options say so.
  private func trained(_ arm: Arm) throws -> [TrainedArm] {
    let first = try trained(arm, seed: options.seeds[0])
    let isRepeated = options.repeated.isEmpty || options.repeated.contains(arm.name)
    let isShort = options.repeatWithin == 0 || first.seconds <= options.repeatWithin
    guard isRepeated, isShort else { return [first] }
    return try [first] + options.seeds.dropFirst().map { try trained(arm, seed: $0) }
  }

  /// Trains an arm with a seed, or reads its model if an earlier experiment left it.
  private func trained(_ arm: Arm, seed: UInt64) throws -> TrainedArm {
    let place = place(of: arm, seed: seed)
    let settings = try options.settings(of: arm, seed: seed)
    // What is measured anew may be measured in another way.
    let free =
      try options.unreadBlocks(of: arm) + (options.rankedAmong == .catalogue ? [] : ["evaluate"])
    if let kept = try TrainedArm(at: place, among: options.rankedAmong, by: settings.evaluate) {
      try kept.checkSettings(are: settings, butFor: free, at: place)
      return kept
    }
    note("\(arm.name), seed \(seed)")
    let isLent = try beginWithTrainedRetriever(arm, seed: seed)
    let keep = try !isLent && sharesFirstStage(arm, seed: seed) ? ["--keep-checkpoint"] : []
    let resume = CheckpointFolder(beside: place).exists ? ["--resume"] : []
    let child = try ChildProcess(
      ["train", "--data", options.data, "--out", place.path, "--seed", "\(seed)", "--quiet"]
        + options.assignments(of: arm).flatMap { ["--set", $0] } + resume + keep)
    guard child.code == 0 else {
      throw ExperimentError(
        "training \(arm.name) ended with exit code \(child.code); its message is above")
    }
    try TrainedArm.note(peakMemory: child.peakMemory, at: place)
    guard
      let trained = try TrainedArm(at: place, among: options.rankedAmong, by: settings.evaluate)
    else {
      throw ExperimentError("\(place.path) holds no evaluation")
    }
    return trained
  }
}

/// A row of the table, and the evaluations that its tests need.
private struct MeasuredArm {
  var row: ArmTable.Row
  let average: SeedAverage
  /// The retriever before the ranker; `nil` for an arm without a ranker.
  let retriever: SeedAverage?
  let data: Manifest.DataProvenance

  init(_ arm: ArmTable.Arm, _ trained: [TrainedArm], seeds: [UInt64]) throws {
    average = SeedAverage(trained.map(\.evaluation))
    let retrievers = trained.compactMap(\.retriever)
    retriever = retrievers.isEmpty ? nil : SeedAverage(retrievers)
    data = trained[0].data
    row = ArmTable.Row(
      arm: arm, seeds: Array(seeds.prefix(trained.count)), metrics: try average.summaries(),
      retriever: try retriever?.summaries(),
      seconds: trained.map(\.seconds).mean, epochs: trained.map(\.epochs).mean,
      peakMemory: trained.map(\.peakMemory).max() ?? 0)
  }

  /// Tests this arm and its retriever against another arm, unless it is that arm itself.
  mutating func test(against baseline: MeasuredArm, on metric: Metric) throws {
    guard row.arm.name != baseline.row.arm.name else { return }
    row.test = try average.compared(with: baseline.average, on: metric)
    if let retriever, let other = baseline.retriever {
      row.retrieverTest = try retriever.compared(with: other, on: metric)
    }
  }
}

extension [Double] {
  /// The mean; 0 for an empty array.
  fileprivate var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
