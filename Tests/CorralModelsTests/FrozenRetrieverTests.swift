import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralTesting
import CorralVectors
import Foundation
import Testing
import Torch

@Suite struct `frozen models` {
  private func frozen(prior: ServingPrior? = nil) throws -> FrozenRetriever {
    let golden = try GoldenNetwork()
    return try FrozenRetriever(
      RetrieverSettings(GoldenNetwork.settings), for: GoldenNetwork.catalogue,
      stored: golden.parameters.stored(),
      prior: prior)
  }

  @Test func `serve what training had`() throws {
    let (golden, frozen) = (try GoldenNetwork(), try frozen())
    expectClose(frozen.itemVectors().values, try golden.file.array("item_vectors"))
    let batch = frozen.vectors(for: GoldenNetwork.queries)
    expectClose(batch.values, try golden.file.array("queries"))
    for row in 0..<batch.rows where row != 3 {
      let query = Query(
        user: GoldenNetwork.queries.users[row],
        history: Array(GoldenNetwork.queries.histories[row]))
      expectClose(try frozen.vector(for: query), Array(batch[row]))
    }
  }

  @Test func `many threads ask at once`() async throws {
    let frozen = try frozen()
    let query = Query(user: UserIndex(0), history: [ItemIndex(1)])
    let expected = try frozen.vector(for: query)
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<32 { group.addTask { try frozen.vector(for: query) } }
      for try await vector in group { #expect(vector == expected) }
    }
  }

  @Test func `a history of items that training never met is as good as none`() throws {
    let golden = try GoldenNetwork()
    let count = GoldenNetwork.catalogue.items.count
    let frozen = try FrozenRetriever(
      RetrieverSettings(GoldenNetwork.settings), for: GoldenNetwork.catalogue,
      stored: golden.parameters.stored(), placed: PlacedItems((0..<count).map { $0 != 1 }))
    #expect(throws: ModelsError.nothingKnown) {
      try frozen.vectors(for: Query(history: [ItemIndex(1)]))
    }
    #expect(try frozen.vectors(for: Query(history: [ItemIndex(1), ItemIndex(0)])).rows == 1)
    #expect(try frozen.vectors(for: Query(user: UserIndex(0), history: [ItemIndex(1)])).rows == 1)
  }

  @Test func `a query about which nothing is known is refused, unknown ids are left out`() throws {
    let frozen = try frozen()
    for query in [Query(), Query(user: UserIndex(99), history: [ItemIndex(99)])] {
      do {
        _ = try frozen.vector(for: query)
        Issue.record("no error")
      } catch {
        #expect(
          "\(error)" == """
            nothing is known about this query: give a user that training saw or a history of known \
            items, or fall back to popular ones
            """)
      }
    }
    #expect(
      try frozen.vector(for: Query(history: [ItemIndex(2), ItemIndex(99)]))
        == frozen.vector(for: Query(history: [ItemIndex(2)])))
  }

  @Test func `the prior is one more coordinate, worth temperature log P`() throws {
    let counts = [5, 0, 2, 3, 1, 8, 4]
    let prior = ServingPrior(counts: counts, temperature: 0.2)
    let (plain, frozen) = (try frozen(), try frozen(prior: prior))
    #expect(frozen.dimension == plain.dimension + 1)
    let query = Query(user: UserIndex(1))
    let (short, long) = (try plain.vector(for: query), try frozen.vector(for: query))
    let (items, extended) = (plain.itemVectors(), frozen.itemVectors())
    for item in 0..<7 {
      let share = (Double(counts[item]) + 0.5) / (23 + 3.5)
      let expected =
        zip(short, items[item]).reduce(0) { $0 + $1.0 * $1.1 } + Float(0.2 * log(share))
      let score = zip(long, extended[item]).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(score - expected) < 1e-5)
    }
  }

  @Test(arguments: [false, true])
  func `a saved model comes back whole`(hasPrior: Bool) throws {
    let prior = ServingPrior(counts: [5, 0, 2, 3, 1, 8, 4], temperature: 0.2)
    let frozen = try frozen(prior: hasPrior ? prior : nil)
    let manifest = Manifest(
      kinds: ["retriever": "two-tower"], settings: .object([:]),
      data: .init(path: "", sha256: "", users: 5, items: 7, interactions: 0),
      metrics: .object([:]), created: .init(by: "test", machine: "test", seconds: 0))
    let loaded = try withTemporaryFolder { folder in
      let place = folder.appending(path: "model")
      try SavedModel.write(to: place, manifest: manifest) { try frozen.write(to: $0) }
      return try FrozenRetriever(try SavedModel.open(place))
    }
    #expect(loaded.settings == frozen.settings)
    #expect(loaded.prior == frozen.prior)
    #expect(loaded.stored == frozen.stored)
    #expect(loaded.itemVectors() == frozen.itemVectors())
    #expect(
      loaded.vectors(for: GoldenNetwork.queries) == frozen.vectors(for: GoldenNetwork.queries))
  }

  @Test func `parameters of another shape are refused`() throws {
    let stored = try GoldenNetwork().parameters.stored()
    var settings = GoldenNetwork.settings
    settings.dimension = 5
    #expect(throws: TorchError.self) {
      try FrozenRetriever(RetrieverSettings(settings), for: GoldenNetwork.catalogue, stored: stored)
    }
  }
}
