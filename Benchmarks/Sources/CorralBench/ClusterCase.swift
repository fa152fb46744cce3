import ArgumentParser
import CorralData
import CorralModels
import CorralSampling
import CorralTraining
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
    var settings = PairTraining.Settings()
    (settings.history, settings.batch) = (history, batch)
    settings.negatives = negativeSettings(catalogue)
    settings.identity = catalogue.tasks?.identity ?? .none
    settings.threads = threads.threads
    var training = try PairTraining(retriever(), settings, on: split, partition)
    _ = try training.seconds(steps: 1)
    try Worker.serve { ["seconds": try training.seconds(steps: steps) / Double(batch)] }
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
