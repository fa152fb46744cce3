import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralSampling
import CorralTesting
import CorralVectors
import Foundation
import Testing
import Torch

/// Every retriever of the table, and one of the tests.
private let everyRetriever = RetrieverSettings.all + [RetrieverSettings(GatedSettings())]

/// A retriever over four users and ten items without features, and its parameters.
private struct Made {
  static let users = 4
  static let items = 10
  static let catalogue = Catalogue(
    users: FeatureTable(count: users), items: FeatureTable(count: items))

  let network: any Retriever
  let parameters = Parameters(seed: 3)

  init(_ settings: RetrieverSettings) throws {
    network = try parameters.build { try settings.network(for: Self.catalogue, in: $0) }
  }
}

/// What every retriever that settings can name must keep.
@Suite struct `the contract of retrievers` {
  private let queries = batch([0, nil, 3, 2, nil], [[1, 2, 3], [4], [5, 5, 6, 7, 8, 9], [], []])

  @Test(arguments: everyRetriever)
  func `vectors have the shapes that they should, and are numbers`(
    settings: RetrieverSettings
  ) throws {
    let network = try Made(settings).network
    let vectors = network.queries(queries, .inference)
    let shape = [network.interests, network.width]
    #expect(vectors.shape == [5] + (network.interests == 1 ? shape.suffix(1) : shape[...]))
    #expect(vectors.isFinite)
    let items = network.items([ItemIndex(4), ItemIndex(0), ItemIndex(4)], .inference)
    #expect(items.shape == [3, network.width])
    #expect(items[0].floats() == items[2].floats())
    #expect(network.isInnerProduct == settings.model.isInnerProduct)
  }

  @Test(arguments: everyRetriever)
  func `a query does not depend on its batch, nor on chance`(
    settings: RetrieverSettings
  ) throws {
    let network = try Made(settings).network
    let together = network.queries(queries, .inference)
    #expect(network.queries(queries, .inference).floats() == together.floats())
    for row in 0..<queries.count {
      let alone = network.queries(
        QueryBatch(users: [queries.users[row]], histories: Ragged([queries.histories[row]])),
        .inference)
      expectClose(alone.floats(), together[row].floats(), "\(row)")
    }
  }

  @Test(arguments: everyRetriever)
  func `scores against all items hold those against each row's own`(
    settings: RetrieverSettings
  ) throws {
    let network = try Made(settings).network
    let items = network.items((0..<Made.items).map(ItemIndex.init), .inference)
    var rows = network.queries(queries, .inference)
    if network.interests > 1 { rows = rows.select(1, network.interests - 1) }
    let all = network.scores(rows, items)
    #expect(all.shape == [5, Made.items])
    let own = Tensor((0..<15).map { Int64($0 * 7 % 10) }, shape: [5, 3])
    let some = network.scores(
      rows, items.indexSelect(0, own.reshape([15])).reshape([5, 3, network.width]))
    expectClose(some.floats(), all.gather(1, own).floats())
    guard network.isInnerProduct else { return }
    expectClose(all.floats(), rows.matmul(transposed: items).floats())
  }

  @Test(arguments: everyRetriever)
  func `what training drops follows from the seed`(settings: RetrieverSettings) throws {
    let network = try Made(settings).network
    func trained(_ seed: UInt64) -> [Float] {
      network.queries(queries, .training(seed: seed)).floats()
    }
    #expect(trained(1) == trained(1))
  }

  @Test(arguments: everyRetriever)
  func `gradients of tables name the rows in use`(settings: RetrieverSettings) throws {
    let made = try Made(settings)
    guard settings.model.examples == .pairs else { return }
    let batch = TrainingBatch(
      queries: batch([1, 2], [[3], [3, 4]]), targets: [ItemIndex(5), ItemIndex(6)],
      weights: [1, 1])
    let targets = made.network.items(batch.targets, .training(seed: 1))
    let rows = made.network.queries(batch, toward: targets, .training(seed: 1))
    #expect(rows.shape == [2, made.network.width])
    made.network.scores(rows, targets).sum().backward()
    var changed = 0
    for parameter in made.parameters.all {
      guard let gradient = parameter.tensor.gradient else { continue }
      changed += 1
      guard parameter.layout == .rows, gradient.isSparse else { continue }
      let named = Set(gradient.sparseRows().indices.integers())
      #expect(
        named.isSubset(of: parameter.rows == .users ? [1, 2] : [3, 4, 5, 6]),
        "\(parameter.name): \(named)")
    }
    #expect(changed > 0)
  }
}

/// A retriever after some steps against in-batch negatives, of which items 7 to 9 are no part.
private struct Trained {
  static let unseen = [7, 8, 9]
  static let counts = (0..<Made.items).map { unseen.contains($0) ? 0 : 3 }

  let made: Made
  let losses: [Float]
  /// The parameters before the first step.
  let before: [String: StoredTensor]
  let frozen: FrozenRetriever

  init(_ settings: RetrieverSettings) throws {
    made = try Made(settings)
    let untrained = UntrainedItems(counts: Self.counts, features: Made.catalogue.items)
    untrained.forget(in: made.parameters)
    before = made.parameters.stored()
    let batch = Self.batch(settings.model.examples)
    let negatives = try TrainingNegatives(NegativeSettings(), counts: Self.counts)
    var probabilities = ColumnProbabilities(CorrectionSettings(), counts: Self.counts)
    var generator = SeededGenerator(seed: 1)
    var optimizer = Optimizer(.adam(.init()), rate: 0.01, of: made.parameters)
    losses = (0..<3).map { [made] step in
      let phase = Phase.training(seed: UInt64(step))
      let columns = negatives.columns(
        targets: batch.targets, &probabilities, using: &generator)
      let items = made.network.items(columns.items, phase)
      let rows = made.network.queries(
        batch, toward: items.indexSelect(0, Tensor(columns.targets)), phase)
      let logits = Logits(
        rows, items, columns,
        crossing: made.network.isInnerProduct ? nil : made.network.scores)
      let loss = SampledSoftmax().mean(logits)
      loss.backward()
      optimizer.step()
      return loss.item()
    }
    frozen = try FrozenRetriever(
      settings, for: Made.catalogue,
      stored: untrained.forgotten(made.parameters.stored(), of: made.parameters),
      placed: untrained.placed(by: settings))
  }

  /// Users who took items below 7, read as the retriever asks for.
  private static func batch(_ examples: ExampleShape) -> TrainingBatch {
    let rows = [[0, 1, 2], [3, 4], [5, 6, 0, 1]]
    let items = rows.map { $0.map { ItemIndex($0) } }
    let (reading, targets): (TrainingBatch.Reading, [ItemIndex]) =
      switch examples {
      case .pairs: (.next, [3, 5, 2].map { ItemIndex($0) })
      case .sequences: (.everyPosition, [1, 2, 3, 4, 5, 6, 0, 1, 2].map { ItemIndex($0) })
      case .cloze: (.masked([2, 4, 7]), [2, 4, 0].map { ItemIndex($0) })
      }
    return TrainingBatch(
      queries: QueryBatch(users: [0, 1, 2].map { UserIndex($0) }, histories: Ragged(items)),
      targets: targets, weights: [Float](repeating: 1, count: targets.count), reading: reading)
  }
}

/// What training, freezing and saving do to every retriever.
@Suite struct `the contract of trained retrievers` {
  private let queries = batch([0, nil, 3, 2], [[1, 2, 3], [4, 8], [5, 9], [1]])

  @Test(arguments: everyRetriever)
  func `in-batch negatives train it, and rows of unseen items stay zero`(
    settings: RetrieverSettings
  ) throws {
    let trained = try Trained(settings)
    #expect(trained.losses.allSatisfy { $0.isFinite })
    let tables = trained.made.parameters.all.filter { $0.rows == .items }
    #expect(!tables.isEmpty)
    for table in tables {
      let width = table.tensor.count / Made.items
      let values = table.tensor.floats()
      for item in 0..<Made.items {
        let isZero = values[item * width..<(item + 1) * width].allSatisfy { $0 == 0 }
        #expect(isZero == Trained.unseen.contains(item), "\(table.name), item \(item)")
      }
    }
    for table in trained.made.parameters.all where table.rows == .users {
      #expect(table.tensor.size(0) == Made.users, "\(table.name)")
    }
    let after = trained.made.parameters.stored()
    #expect(after.contains { trained.before[$0.key] != $0.value })
  }

  @Test(arguments: everyRetriever)
  func `frozen it scores as trained, and unseen items come last`(
    settings: RetrieverSettings
  ) throws {
    let trained = try Trained(settings)
    let scores = trained.frozen.scores(for: queries)
    expectClose(
      scores.values, trained.made.network.scoreMatrix(queries, count: Made.items).values)
    #expect(scores.values.allSatisfy { $0.isFinite })
    let found = try trained.frozen.candidates(
      for: Query(user: UserIndex(1), history: [ItemIndex(3)]), count: Made.items)
    #expect(found.map(\.item.position).suffix(3) == [7, 8, 9])
    #expect(Set(found.map(\.item.position)) == Set(0..<Made.items))
  }

  @Test(arguments: everyRetriever)
  func `unseen items of a history and unknown users are no trap`(
    settings: RetrieverSettings
  ) throws {
    let frozen = try Trained(settings).frozen
    #expect(throws: ModelsError.nothingKnown) {
      try frozen.scores(for: Query(history: [ItemIndex(7)]))
    }
    let mixed = try frozen.scores(for: Query(history: [ItemIndex(8), ItemIndex(1)]))
    #expect(mixed.count == Made.items && mixed.allSatisfy { $0.isFinite })
    let known = try frozen.scores(for: Query(user: nil, history: [ItemIndex(2)]))
    let stranger = try frozen.scores(for: Query(user: UserIndex(99), history: [ItemIndex(2)]))
    #expect(known == stranger && known.allSatisfy { $0.isFinite })
  }

  @Test(arguments: RetrieverSettings.all)
  func `saved and opened it gives the same vectors`(settings: RetrieverSettings) throws {
    let frozen = try Trained(settings).frozen
    let manifest = Manifest(
      kinds: ["retriever": settings.name], settings: .object([:]),
      data: .init(path: "", sha256: "", users: 4, items: 10, interactions: 0),
      metrics: .object([:]), created: .init(by: "test", machine: "test", seconds: 0))
    let opened = try withTemporaryFolder { folder in
      let place = folder.appending(path: "model")
      try SavedModel.write(to: place, manifest: manifest) { try frozen.write(to: $0) }
      return try FrozenRetriever(try SavedModel.open(place))
    }
    #expect(opened.settings == settings && opened.placed == frozen.placed)
    #expect(opened.itemVectors() == frozen.itemVectors())
    #expect(opened.vectors(for: queries) == frozen.vectors(for: queries))
  }

  @Test func `the name of a parameter decides nothing`() throws {
    let trained = try Trained(RetrieverSettings(GatedSettings()))
    let name = "feature.items.weight"
    let gate = try #require(trained.made.parameters.stored()[name])
    #expect(gate.values.allSatisfy { $0 != 0 })
    #expect(trained.frozen.stored[name] == gate)
  }

  @Test func `rows that were claimed as something else are a trap`() async {
    await #expect(processExitsWith: .failure) {
      let parameters = Parameters(seed: 1)
      _ = try parameters.build { try Embedding(3, 2, rows: .items, in: $0) }
      UntrainedItems(counts: [1, 0], features: FeatureTable(count: 2)).forget(in: parameters)
    }
  }
}
