import CorralData
import CorralModels
import CorralTesting
import CorralVectors
import Testing
import Torch

/// What training by cluster computes, against training without clusters.
@Suite struct `training by cluster` {
  private static let items = 12

  /// Users with up to 14 interactions, all of weight 1.
  private var split: Split {
    var generator = SeededGenerator(seed: 8)
    let rows = (0..<9).map { user in
      (0..<(user + 2) * 14 / 10).map { _ in ItemIndex(generator.next(below: Self.items)) }
    }
    let none = Ragged(rows.map { _ in [ItemIndex]() })
    return Split(
      itemCount: Self.items, training: Ragged(rows),
      weights: [Float](repeating: 1, count: rows.joined().count), validation: none, test: none,
      rule: "made up")
  }

  /// The loss of the full softmax over all examples in one batch, and the gradients.
  private func step(
    _ settings: RetrieverSettings, clusters: Int?
  ) throws -> (loss: Float, gradients: [String: [Float]]) {
    let partition = clusters.map { count in
      Partition(clusters: (0..<Self.items).map { Int32($0 % count) }, count: count)
    }
    let catalogue = Catalogue(
      users: FeatureTable(count: 9), items: FeatureTable(count: Self.items),
      tasks: clusters.map { ItemTasks(count: $0, identity: .hadamard) })
    let parameters = Parameters(seed: 2)
    let network = try parameters.build { try settings.network(for: catalogue, in: $0) }
    for parameter in parameters.all where parameter.name == "prompt.weight" {
      parameter.tensor.write([Float](repeating: 1, count: parameter.tensor.count))
    }
    let examples = SequenceExamples(split, length: 5, partition: partition)
    let batch = examples.batch(0..<examples.count, of: examples.order(seed: 1, epoch: 0))
    let phase = Phase.training(seed: 3)
    let all = (0..<Self.items).map { ItemIndex($0) }
    let items = network.items(all, phase)
    let columns = TrainingColumns(
      items: all, targets: batch.targets.map { Int64($0.position) },
      negatives: .shared(counts: [Int](repeating: 1, count: Self.items)))
    let loss = FullSoftmax().mean(
      Logits(network.queries(batch, toward: items, phase), items, columns))
    loss.backward()
    var gradients: [String: [Float]] = [:]
    for parameter in parameters.all where parameter.name != "prompt.weight" {
      gradients[parameter.name] = parameter.tensor.gradient?.dense().floats()
    }
    return (loss.item(), gradients)
  }

  @Test func `one cluster and a prompt of ones are plain SASRec, dropout included`() throws {
    let settings = RetrieverSettings(SASRecSettings())
    let (told, plain) = (try step(settings, clusters: 1), try step(settings, clusters: nil))
    #expect(told.loss == plain.loss)
    #expect(told.gradients == plain.gradients)
    #expect(plain.gradients["items.weight"]?.contains { $0 != 0 } ?? false)
  }

  @Test(arguments: [
    RetrieverSettings(changed(SASRecSettings()) { $0.dropout = 0 }),
    RetrieverSettings(changed(GRU4RecSettings()) { $0.dropout = 0 }),
  ])
  func `the passes of all clusters with prompts of ones are one pass without`(
    settings: RetrieverSettings
  ) throws {
    let (told, plain) = (try step(settings, clusters: 4), try step(settings, clusters: nil))
    #expect(abs(told.loss - plain.loss) < 1e-5)
    #expect(told.gradients.keys == plain.gradients.keys)
    for (name, gradient) in plain.gradients {
      expectClose(told.gradients[name] ?? [], gradient, name, tolerance: 1e-5)
    }
  }
}
