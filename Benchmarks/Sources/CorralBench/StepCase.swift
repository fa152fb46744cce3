import ArgumentParser
import CorralData
import CorralModels
import CorralSampling
import CorralTraining
import CorralVectors
import Foundation

/// A training step of the two-tower network that `peers/step.py` writes in PyTorch, making the
/// batch included.
struct StepCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "step")
  static let userCount = 100_000
  static let rowLength = 60

  @Option(help: "The number of rows of the item table.")
  var items: Int
  @Option(help: "How many different items interactions name; all of them unless told.")
  var named: Int?
  @Option(help: "Users and items that come before each step, as many of each.")
  var growing = 0
  @Option(help: "Steps in a round, of which the median counts.")
  var steps = 20
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    var settings = RetrieverTrainingSettings()
    var network = TwoTowerSettings()
    network.userEmbedding = .on
    network.history.length = 50
    network.history.weighting = .uniform
    network.history.table = .shared
    network.queryTower = [128, 64]
    network.itemTower = [128, 64]
    network.initialSpread = 0.02
    settings.retriever = RetrieverSettings(network)
    settings.loss.temperature = 0.07
    settings.correction.estimate = .none
    settings.train.batch = 1024
    settings.train.threads = threads.threads
    let catalogue = Catalogue(
      users: FeatureTable(count: Self.userCount), items: FeatureTable(count: items))
    var training = try RetrieverTraining(settings, on: split(), of: catalogue)
    _ = try round(&training, steps: 3)
    try Worker.serve { ["seconds": try round(&training, steps: steps)] }
  }

  /// The median seconds of some steps, growth included.
  private func round(_ training: inout RetrieverTraining, steps: Int) throws -> Double {
    let parameters = training.parameters
    let network =
      growing > 0 ? try training.settings.retriever.growing(training.retriever) : nil
    let rows = [FeatureRow](repeating: [:], count: growing)
    let clock = ContinuousClock()
    var last = clock.now
    var seconds: [Double] = []
    _ = try training.next(
      progress: { _ in
        let now = clock.now
        seconds.append((now - last) / .seconds(1))
        last = now
        do {
          try network?.grow(users: rows, items: rows, in: parameters)
        } catch { fatalError("\(error)") }
      }, shouldStop: { seconds.count > steps })
    // The first step also prepared the epoch.
    return seconds.dropFirst().sorted()[(seconds.count - 1) / 2]
  }

  /// Users with rows of items whose logarithm is uniform: frequencies fall as one over the rank,
  /// and ranks lie anywhere in the table.
  private func split() -> Split {
    var generator = SeededGenerator(seed: 1)
    let count = Self.userCount * Self.rowLength
    let named = min(named ?? items, items)
    let spread = log(Double(named))
    let values = (0..<count).map { _ in
      let rank = min(Int(exp(generator.uniform() * spread)) - 1, named - 1)
      return ItemIndex(rank * 7919 % items)
    }
    let empty = Ragged<ItemIndex>(
      values: [], offsets: [Int](repeating: 0, count: Self.userCount + 1))
    let offsets = (0...Self.userCount).map { $0 * Self.rowLength }
    return Split(
      itemCount: items, training: Ragged(values: values, offsets: offsets),
      weights: [Float](repeating: 1, count: count), validation: empty, test: empty,
      rule: "none held out")
  }
}
