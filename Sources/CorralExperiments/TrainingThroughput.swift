import CorralData
import CorralModels
import CorralSampling
package import CorralText
import CorralTraining
import CorralVectors
import Foundation

/// How many targets a second a retriever learns that is told the cluster of each, beside one that is
/// not (Divide and Conquer: Zhang and others, 2023, table 4).
///
/// Every arm learns the same pairs of a history and the item that followed, so that all read the same
/// histories. Arms take turns, so that what else the machine does is shared among them.
package struct TrainingThroughput {
  package static let name = "dnc-throughput"
  package static let question = """
    What does it cost to tell a retriever its cluster? Every arm learns the same pairs of a history \
    and the item that followed.
    """

  /// The settings of the study.
  package struct Options: Codable {
    package var experiment = TrainingThroughput.name
    /// The made-up log: its users, the items of each, and the items of the catalogue.
    package var users = 1000
    package var length = 165
    package var items = 4000
    /// The clusters, all of the same size.
    package var clusters = 10
    /// The most items of a history that are read.
    package var history = 50
    /// Negatives of each target.
    package var negatives = 1
    /// Pairs of a step.
    package var batch = 256
    /// Steps of a round, of which the median counts.
    package var steps = 10
    /// The turns that each arm gets.
    package var rounds = 9
    package var threads = 1

    package init() {}

    /// Throws `ExperimentError` for sizes with which nothing can be measured.
    package func validate() throws {
      let sizes = [
        ("users", users), ("length", length - 1), ("items", items), ("clusters", clusters),
        ("history", history), ("negatives", negatives), ("batch", batch), ("steps", steps),
        ("rounds", rounds), ("threads", threads),
      ]
      if let (name, _) = sizes.first(where: { $0.1 < 1 }) {
        throw ExperimentError("\(name) is too small; give more, as in --set \(name)=10")
      }
      // Each item of a user but the first is the target of a pair.
      let pairs = users * (length - 1)
      if pairs < batch {
        throw ExperimentError(
          "\(users) users of \(length) items make \(pairs) pairs, fewer than a step of \(batch); "
            + "lower batch, or give more users")
      }
      if items < 2 * clusters {
        throw ExperimentError("\(items) items are too few for \(clusters) clusters of two or more")
      }
    }
  }

  /// A retriever, and how it is told the cluster of a target.
  package enum Arm: String, Codable, CaseIterable {
    case plain = "SASRec"
    case naive = "SASRec, in cluster"
    case prepend, hadamard
    case mmoe = "MMoE"

    /// How it is told; `none` for one that is not.
    var identity: TaskIdentity {
      switch self {
      case .plain, .naive: .none
      case .prepend: .prepend
      case .hadamard: .hadamard
      case .mmoe: .mmoe
      }
    }
  }

  /// A row of the results.
  package struct Row: Codable {
    package var arm: Arm
    /// Targets learned in a second, the median over rounds.
    package var targetsPerSecond: Double
    /// The median over rounds of its rate beside that of the first arm in the same round.
    package var ratio: Double
    /// The smallest and the largest of those ratios.
    package var range: [Double]
  }

  /// What `--json` prints.
  package struct Results: Codable {
    package var experiment = TrainingThroughput.name
    package var options: Options
    package var rows: [Row]
    package var seconds: Double
  }

  package let options: Options

  /// A study with its options.
  package init(options: Options) { self.options = options }

  /// Trains all arms in turns.
  ///
  /// Throws `ExperimentError` for options with which nothing can be measured.
  package func run(note: (String) -> Void) throws -> Results {
    try options.validate()
    let start = ContinuousClock.now
    let split = Split.drawn(users: options.users, each: options.length, items: options.items)
    // A prime step spreads clusters over the catalogue.
    let partition = Partition(
      clusters: (0..<options.items).map { Int32($0 * 7919 % options.clusters) },
      count: options.clusters)
    note(
      "\(Arm.allCases.count) arms in \(Format.counted(options.rounds, "round")), "
        + "\(Format.counted(options.steps, "step")) of \(options.batch) pairs each")
    var trainings = try Arm.allCases.map { arm in
      try PairTraining(retriever(arm), settings(arm), on: split, partition)
    }
    // The first steps make what later ones find.
    for place in trainings.indices { _ = try trainings[place].seconds(steps: 2) }
    var rates = [[Double]](repeating: [], count: trainings.count)
    for _ in 0..<options.rounds {
      for place in trainings.indices {
        let seconds = try trainings[place].seconds(steps: options.steps)
        rates[place].append(Double(options.batch) / seconds)
      }
    }
    return Results(
      options: options,
      rows: zip(Arm.allCases, rates).map { arm, own in
        let ratios = zip(own, rates[0]).map { $0 / $1 }.sorted()
        return Row(
          arm: arm, targetsPerSecond: own.sorted()[own.count / 2], ratio: ratios[ratios.count / 2],
          range: [ratios[0], ratios[ratios.count - 1]])
      }, seconds: (ContinuousClock.now - start).inSeconds)
  }

  private func settings(_ arm: Arm) -> PairTraining.Settings {
    var settings = PairTraining.Settings()
    (settings.history, settings.batch) = (options.history, options.batch)
    (settings.identity, settings.threads) = (arm.identity, options.threads)
    settings.negatives.kind = arm == .plain ? .uniform : .inCluster
    (settings.negatives.count, settings.negatives.sharing) = (options.negatives, .example)
    return settings
  }

  /// The retriever of an arm, all of the same width and history.
  private func retriever(_ arm: Arm) -> RetrieverSettings {
    guard arm == .mmoe else {
      var settings = SASRecSettings()
      (settings.history, settings.positions) = (options.history, options.history)
      return RetrieverSettings(settings)
    }
    var settings = MMoESettings()
    (settings.history, settings.dimension, settings.interests) = (options.history, 64, 1)
    settings.experts = 4
    return RetrieverSettings(settings)
  }
}

extension TrainingThroughput.Results {
  /// A row for each arm.
  package var table: Table {
    var table = Table([
      ("arm", .left), ("targets/s", .right), ("beside SASRec", .right), ("over rounds", .right),
    ])
    for row in rows {
      table.add([
        row.arm.rawValue, Format.short(row.targetsPerSecond), String(format: "%.3f", row.ratio),
        String(format: "%.3f to %.3f", row.range[0], row.range[1]),
      ])
    }
    return table
  }
}
