import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralTesting
import CorralVectors
import Foundation
import Testing
import Torch

@Suite struct `frozen rankers` {
  private static let context = ContextTable(
    count: 3,
    columns: [
      ContextColumn(
        name: "tab", values: .categories([0, 1, -1], vocabulary: Vocabulary(["home", "search"]))),
      ContextColumn(name: "hour", values: .numbers([3, .nan, 21])),
    ])

  private func frozen() throws -> FrozenRanker {
    let catalogue = Catalogue(
      users: GoldenNetwork.catalogue.users, items: GoldenNetwork.catalogue.items,
      context: Self.context)
    let parameters = Parameters(seed: 2)
    var settings = DINSettings()
    (settings.dimension, settings.history, settings.userEmbedding) = (8, 3, .on)
    settings.initialSpread = 0.5
    let heads = [try HeadSettings("watch:squared:0.5")]
    _ = try parameters.build {
      try RankerSettings(settings).network(tasks: 2, for: catalogue, in: $0)
    }
    return try FrozenRanker(
      RankerSettings(settings), heads: heads, score: .sum, for: catalogue,
      stored: parameters.stored())
  }

  private let items = [5, 0, 3].map { ItemIndex($0) }

  private static let manifest = Manifest(
    kinds: ["ranker": "din"], settings: .object([:]),
    data: .init(path: "", sha256: "", users: 5, items: 7, interactions: 0),
    metrics: .object([:]), created: .init(by: "test", machine: "test", seconds: 0))

  @Test func `score lists of any lengths as they score each alone`() throws {
    let frozen = try frozen()
    let queries = QueryBatch(
      users: [UserIndex(0), nil, UserIndex(3)],
      histories: Ragged([[1, 2], [6], []].map { $0.map { ItemIndex($0) } }),
      context: Self.context)
    let lists = [items, [ItemIndex(6)], []]
    let together = frozen.scores(Ragged(lists), for: queries)
    #expect(together.count == 4)
    let alone = try frozen.scores(
      items,
      for: Query(
        user: UserIndex(0), history: [ItemIndex(1), ItemIndex(2), ItemIndex(99)],
        context: Self.context.gathered([0])))
    expectClose(alone, Array(together.prefix(3)), tolerance: 1e-6)
    #expect(Set(together).count == 4)
    let elsewhere = try frozen.scores(
      items,
      for: Query(
        user: UserIndex(0), history: [ItemIndex(1), ItemIndex(2)],
        context: Self.context.gathered([1])))
    #expect(elsewhere != alone)
  }

  @Test func `come back from a saved model whole, contexts too`() throws {
    let frozen = try frozen()
    let loaded = try withTemporaryFolder { folder in
      let place = folder.appending(path: "model")
      try SavedModel.write(to: place, manifest: Self.manifest) { try frozen.write(to: $0) }
      return try FrozenRanker(try SavedModel.open(place))
    }
    #expect(loaded.settings == frozen.settings && loaded.heads == frozen.heads)
    #expect(loaded.score == .sum && loaded.stored == frozen.stored)
    #expect(loaded.catalogue.context == Self.context.schema)
    let query = Query(
      history: [ItemIndex(2)],
      context: try loaded.catalogue.context.encoded([["tab": "search", "hour": "12"]]))
    #expect(try loaded.scores(items, for: query) == frozen.scores(items, for: query))
  }

  @Test func `come back from a model that was saved before there was one of their settings`() throws
  {
    let frozen = try frozen()
    let loaded = try withTemporaryFolder { folder in
      let place = folder.appending(path: "model")
      try SavedModel.write(to: place, manifest: Self.manifest) { folder in
        try frozen.write(to: folder)
        let file = try SafetensorsFile(folder.url(of: ModelFile.ranker))
        let text = try #require(file.metadata["ranker"])
        let older = text.replacing(#""positionEmbedding":"off","#, with: "")
        #expect(older != text)
        try folder.write(
          frozen.stored.map { SafetensorsTensor($0, $1.values, shape: $1.shape) },
          metadata: ["ranker": older], as: ModelFile.ranker)
      }
      return try FrozenRanker(try SavedModel.open(place))
    }
    #expect(loaded.settings == frozen.settings && loaded.heads == frozen.heads)
  }

  @Test func `many threads ask at once`() async throws {
    let frozen = try frozen()
    let query = Query(user: UserIndex(1), history: [ItemIndex(1)])
    let expected = try frozen.scores(items, for: query)
    let items = items
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<16 { group.addTask { try frozen.scores(items, for: query) } }
      for try await scores in group { #expect(scores == expected) }
    }
  }

  @Test func `what cannot be scored is refused in one line`() throws {
    let frozen = try frozen()
    do {
      _ = try frozen.scores([ItemIndex(7)], for: Query(user: UserIndex(0)))
      Issue.record("no error")
    } catch {
      #expect(
        "\(error)" == "candidate 7 is not one of the 7 items that the ranker was trained on")
    }
    #expect(throws: ModelsError.nothingKnown) { try frozen.scores(items, for: Query()) }
  }
}
