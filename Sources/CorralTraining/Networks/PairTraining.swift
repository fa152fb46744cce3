package import CorralData
package import CorralModels
import CorralSampling
import CorralVectors
import Torch

/// The training of a retriever on pairs of a history and the item that followed, step by step.
///
/// `RetrieverTraining` learns all targets of a history in one pass where the retriever lets it. Here
/// each target has a pass of its own, so that the cost of a pass can be compared.
package struct PairTraining {
  /// What a step learns.
  package struct Settings {
    /// The most items of a history that are read.
    package var history = 50
    /// Pairs of a step.
    package var batch = 256
    /// Where negatives come from, and how many.
    package var negatives = NegativeSettings()
    /// Threads of an operation.
    package var threads = 1
    /// How the retriever is told the cluster of a target.
    package var identity = TaskIdentity.none

    package init() {}
  }

  private let network: any Retriever
  private var optimiser: Optimizer
  private let examples: TrainingExamples
  private let order: ExampleOrder
  private var negatives: PairNegatives
  private let settings: Settings
  private let itemCount: Int
  private var place = 0

  /// A retriever that begins to learn the pairs of a split.
  package init(
    _ retriever: RetrieverSettings, _ settings: Settings, on split: Split, _ partition: Partition
  ) throws {
    Torch.threads = settings.threads
    let catalogue = Catalogue(
      users: FeatureTable(count: split.userCount), items: FeatureTable(count: split.itemCount),
      tasks: settings.identity == .none
        ? nil : ItemTasks(count: partition.count, identity: settings.identity))
    let parameters = Parameters(seed: 1)
    network = try parameters.build { try retriever.network(for: catalogue, in: $0) }
    optimiser = Optimizer(.adam(.init()), rate: 1e-3, clipping: .off, of: parameters)
    examples = TrainingExamples(
      split, historyLength: settings.history, selection: .init(minimumHistory: 1),
      partition: catalogue.tasks == nil ? nil : partition)
    order = examples.order(seed: 1, epoch: 0)
    negatives = try PairNegatives(
      settings.negatives, partition, counts: split.interactedItemCounts())
    self.settings = settings
    itemCount = split.itemCount
  }

  /// The median seconds of some steps.
  package mutating func seconds(steps: Int) throws -> Double {
    let clock = ContinuousClock()
    var seconds: [Double] = []
    for _ in 0..<steps { seconds.append(try clock.measure { try step() } / .seconds(1)) }
    return seconds.sorted()[steps / 2]
  }

  private mutating func step() throws {
    if place + settings.batch > examples.count { place = 0 }
    var generator = SeededGenerator(seed: 1, stream: UInt64(place))
    let phase = Phase.training(seed: generator.next())
    let pairs = examples.batch(place..<place + settings.batch, of: order)
    place += settings.batch
    let columns = negatives.columns(of: pairs.targets, using: &generator)
    let items = network.items(columns.items, phase)
    let queries = network.queries(pairs, toward: items, phase)
    let loss = LossSettings().mean(
      ofDivided: Logits.blocks(queries, items, columns), in: columns, weights: pairs.weights,
      itemCount: itemCount)
    loss.backward()
    optimiser.step()
  }
}

extension Split {
  /// A training part alone: users with rows of items drawn uniformly.
  package static func drawn(users: Int, each length: Int, items: Int) -> Split {
    var generator = SeededGenerator(seed: 1)
    let empty = Ragged<ItemIndex>(values: [], offsets: [Int](repeating: 0, count: users + 1))
    return Split(
      itemCount: items,
      training: Ragged(
        values: (0..<users * length).map { _ in ItemIndex(generator.next(below: items)) },
        offsets: (0...users).map { $0 * length }),
      weights: [Float](repeating: 1, count: users * length), validation: empty, test: empty,
      rule: "none held out")
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
