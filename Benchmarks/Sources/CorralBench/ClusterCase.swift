import ArgumentParser
import CorralData
import CorralModels
import CorralSampling
import CorralTraining
import CorralVectors
import Torch

/// Training over clusters of items, in seconds a target: of (prefix, target) pairs, so that every model
/// reads the same histories, or of all targets that a pass over a history trains.
struct ClusterCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "clusters")

  @Option(help: "The retriever, sasrec or mmoe.")
  var model = "sasrec"
  @Option(help: "How it is told the cluster of a target: none, prepend, hadamard or mmoe.")
  var task = "none"
  @Option(help: "The number of clusters.")
  var clusters = 10
  @Option(help: "The number of items.")
  var items = 4000
  @Option(help: "The number of users.")
  var users = 1000
  @Option(help: "The items of each user.")
  var length = 165
  @Option(help: "The most items of a history that are read.")
  var history = 50
  @Option(help: "Negatives, uniform without a task and otherwise in the target's cluster.")
  var negatives = 256
  @Option(help: "Pairs in a step, or histories.")
  var batch = 256
  @Option(help: "Steps in a round, of which the median counts.")
  var steps = 10
  @Flag(help: "Train all targets of a pass over a history, as the command does.")
  var passes = false
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    // As the command does when it starts.
    Torch.keepMemory()
    Torch.threads = threads.threads
    guard let identity = TaskIdentity(rawValue: task) else {
      throw ValidationError("there is no task '\(task)'")
    }
    let split = Split.drawn(users: users, each: length, items: items)
    let partition = Partition(
      clusters: (0..<items).map { Int32($0 * 7919 % clusters) }, count: clusters)
    let catalogue = Catalogue(
      users: FeatureTable(count: users), items: FeatureTable(count: items),
      tasks: identity == .none ? nil : ItemTasks(count: clusters, identity: identity))
    try passes
      ? servePasses(split, catalogue, partition) : servePairs(split, catalogue, partition)
  }

  /// The training of the command, which makes one pass for each history and cluster.
  private func servePasses(
    _ split: Split, _ catalogue: Catalogue, _ partition: Partition
  ) throws {
    var settings = RetrieverTrainingSettings()
    settings.retriever = try retriever()
    (settings.train.batch, settings.train.threads) = (batch, threads.threads)
    settings.train.epochs = 1000
    settings.loss.temperature = 1
    settings.correction.estimate = .none
    settings.negatives = negativeSettings(catalogue)
    var training = try RetrieverTraining(
      settings, on: split, of: catalogue, partition: partition)
    try Worker.serve {
      guard let epoch = try training.next() else { return [:] }
      return ["seconds": epoch.seconds / Double(epoch.examples)]
    }
  }

  /// A loop over pairs, each a history and the item that followed.
  private func servePairs(
    _ split: Split, _ catalogue: Catalogue, _ partition: Partition
  ) throws {
    let parameters = Parameters(seed: 1)
    let settings = try retriever()
    let network = try parameters.build { try settings.network(for: catalogue, in: $0) }
    var optimiser = Optimizer(
      .adam(.init()), rate: 1e-3, clipping: .off, of: parameters)
    let examples = TrainingExamples(
      split, historyLength: history, selection: .init(minimumHistory: 1),
      partition: catalogue.tasks == nil ? nil : partition)
    let order = examples.order(seed: 1, epoch: 0)
    var source = try PairNegatives(
      negativeSettings(catalogue), partition, counts: split.interactedItemCounts())
    var place = 0
    func step() throws {
      if place + batch > examples.count { place = 0 }
      var generator = SeededGenerator(seed: 1, stream: UInt64(place))
      let phase = Phase.training(seed: generator.next())
      let pairs = examples.batch(place..<place + batch, of: order)
      place += batch
      let columns = source.columns(of: pairs.targets, using: &generator)
      let items = network.items(columns.items, phase)
      let queries = network.queries(pairs, toward: items, phase)
      let loss = LossSettings().mean(
        ofDivided: Logits.blocks(queries, items, columns), in: columns, weights: pairs.weights,
        itemCount: split.itemCount)
      loss.backward()
      optimiser.step()
    }
    try Worker.serve {
      let seconds = try (0...steps).map { _ in try Worker.seconds(step) }
      return ["seconds": seconds.dropFirst().sorted()[steps / 2] / Double(batch)]
    }
  }

  private func negativeSettings(_ catalogue: Catalogue) -> NegativeSettings {
    var settings = NegativeSettings()
    settings.kind = catalogue.tasks == nil ? .uniform : .inCluster
    settings.count = negatives
    return settings
  }

  /// The retriever, with the same width and history whichever it is.
  private func retriever() throws -> RetrieverSettings {
    switch model {
    case SASRecSettings.name:
      var settings = SASRecSettings()
      (settings.history, settings.positions) = (history, history)
      return RetrieverSettings(settings)
    case MMoESettings.name:
      var settings = MMoESettings()
      (settings.history, settings.dimension, settings.interests) = (history, 64, 1)
      settings.experts = 4
      return RetrieverSettings(settings)
    default: throw ValidationError("the model is sasrec or mmoe, not '\(model)'")
    }
  }
}

/// Draws that a batch of pairs shares, over the catalogue or in clusters.
private struct PairNegatives {
  private enum Source {
    case catalogue(TrainingNegatives, ColumnProbabilities)
    case clusters(ClusterNegatives)
  }

  private var source: Source

  init(_ settings: NegativeSettings, _ partition: Partition, counts: [Int]) throws {
    var correction = CorrectionSettings()
    correction.estimate = .none
    source =
      settings.kind == .inCluster
      ? .clusters(try ClusterNegatives(settings, partition, form: nil))
      : .catalogue(
        try TrainingNegatives(settings, counts: counts),
        ColumnProbabilities(correction, counts: counts))
  }

  mutating func columns(
    of targets: [ItemIndex], using generator: inout SeededGenerator
  ) -> ColumnBlocks {
    switch source {
    case .clusters(let negatives):
      return negatives.columns(targets: targets, using: &generator)
    case .catalogue(let negatives, var probabilities):
      return ColumnBlocks(
        negatives.columns(targets: targets, &probabilities, using: &generator))
    }
  }
}
