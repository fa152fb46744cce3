import CorralData
import CorralModels
import CorralVectors
import Testing
import Torch

/// What every retriever that settings can name must keep.
@Suite struct `the contract of retrievers` {
  private static let users = 4
  private static let items = 10

  /// A retriever with its defaults, and its parameters.
  private func made(
    _ kind: RetrieverSettings.Kind
  ) throws -> (network: RetrieverNetwork, parameters: Parameters) {
    let parameters = Parameters(seed: 3)
    let catalogue = Catalogue(
      users: FeatureTable(count: Self.users), items: FeatureTable(count: Self.items))
    let network = try parameters.build {
      try RetrieverNetwork(RetrieverSettings(kind), for: catalogue, in: $0)
    }
    return (network, parameters)
  }

  private let queries = batch([0, nil, 3, 2, nil], [[1, 2, 3], [4], [5, 5, 6, 7, 8, 9], [], []])

  @Test(arguments: RetrieverSettings.Kind.allCases)
  func `vectors have the shapes that they should, and are numbers`(
    kind: RetrieverSettings.Kind
  ) throws {
    let (network, _) = try made(kind)
    let vectors = network.queries(queries, .inference)
    let shape = [network.interests, network.dimension]
    #expect(vectors.shape == [5] + (network.interests == 1 ? shape.suffix(1) : shape[...]))
    #expect(vectors.isFinite)
    let items = network.items([ItemIndex(4), ItemIndex(0), ItemIndex(4)], .inference)
    #expect(items.shape == [3, network.dimension])
    #expect(items[0].floats() == items[2].floats())
  }

  @Test(arguments: RetrieverSettings.Kind.allCases)
  func `a query does not depend on its batch, nor on chance`(
    kind: RetrieverSettings.Kind
  ) throws {
    let (network, _) = try made(kind)
    let together = network.queries(queries, .inference)
    #expect(network.queries(queries, .inference).floats() == together.floats())
    for row in 0..<queries.count {
      let alone = network.queries(
        QueryBatch(users: [queries.users[row]], histories: Ragged([queries.histories[row]])),
        .inference)
      expectClose(alone.floats(), together[row].floats(), "\(row)")
    }
  }

  @Test(arguments: RetrieverSettings.Kind.allCases)
  func `scores against all items hold those against each row's own`(
    kind: RetrieverSettings.Kind
  ) throws {
    let (network, _) = try made(kind)
    let items = network.items((0..<Self.items).map(ItemIndex.init), .inference)
    var rows = network.queries(queries, .inference)
    if network.interests > 1 { rows = rows.select(1, network.interests - 1) }
    let all = network.scores(rows, items)
    #expect(all.shape == [5, Self.items])
    let own = Tensor((0..<15).map { Int64($0 * 7 % 10) }, shape: [5, 3])
    let some = network.scores(
      rows, items.indexSelect(0, own.reshape([15])).reshape([5, 3, network.dimension]))
    expectClose(some.floats(), all.gather(1, own).floats())
    guard network.isInnerProduct else { return }
    expectClose(all.floats(), rows.matmul(transposed: items).floats())
  }

  @Test(arguments: RetrieverSettings.Kind.allCases)
  func `what training drops follows from the seed`(kind: RetrieverSettings.Kind) throws {
    let (network, _) = try made(kind)
    func trained(_ seed: UInt64) -> [Float] {
      network.queries(queries, .training(seed: seed)).floats()
    }
    #expect(trained(1) == trained(1))
  }

  @Test(arguments: RetrieverSettings.Kind.allCases)
  func `gradients of tables name the rows in use`(kind: RetrieverSettings.Kind) throws {
    let (network, parameters) = try made(kind)
    guard case .pairs = RetrieverSettings(kind).model.examples else { return }
    let batch = TrainingBatch(
      queries: batch([1, 2], [[3], [3, 4]]), targets: [ItemIndex(5), ItemIndex(6)],
      weights: [1, 1])
    let targets = network.items(batch.targets, .training(seed: 1))
    let rows = network.queries(batch, toward: targets, .training(seed: 1))
    #expect(rows.shape == [2, network.dimension])
    network.scores(rows, targets).sum().backward()
    var changed = 0
    for parameter in parameters.all {
      guard let gradient = parameter.tensor.gradient else { continue }
      changed += 1
      guard parameter.layout == .rows, gradient.isSparse else { continue }
      let named = Set(gradient.sparseRows().indices.integers())
      #expect(
        named.isSubset(of: parameter.name.hasPrefix("users") ? [1, 2] : [1, 2, 3, 4, 5, 6]),
        "\(parameter.name): \(named)")
    }
    #expect(changed > 0)
  }
}
