import CorralArtifacts
import CorralData
import CorralModels
import CorralTesting
import CorralVectors
import Foundation
import Synchronization
import Testing
import Torch

private let clusters = 3

/// A retriever and a way in which it can be told clusters.
struct TaskWay: Sendable, CustomTestStringConvertible {
  let settings: RetrieverSettings
  let identity: TaskIdentity

  var testDescription: String { "\(settings.name) by \(identity.rawValue)" }

  static let all = RetrieverSettings.all.flatMap { settings in
    settings.model.taskIdentities.filter { $0 != .none }
      .map { TaskWay(settings: settings, identity: $0) }
  }

  func frozen(prior: ServingPrior? = nil) throws -> FrozenRetriever {
    let catalogue = Catalogue(
      users: FeatureTable(count: 4), items: FeatureTable(count: 10),
      tasks: ItemTasks(count: clusters, identity: identity))
    let parameters = Parameters(seed: 6)
    _ = try parameters.build { try settings.network(for: catalogue, in: $0) }
    return try FrozenRetriever(
      settings, for: catalogue, stored: parameters.stored(), prior: prior)
  }
}

private let manifest = Manifest(
  kinds: ["retriever": "made up"], settings: .object([:]),
  data: .init(path: "", sha256: "", users: 4, items: 10, interactions: 0),
  metrics: .object([:]), created: .init(by: "test", machine: "test", seconds: 0))

@Suite struct `frozen retrievers that are told clusters` {
  private let queries = batch([0, nil, 3], [[1, 2, 3], [], [5, 5, 6, 7, 8, 9]])

  @Test(arguments: TaskWay.all)
  func `all clusters at once are one after the other`(way: TaskWay) throws {
    let frozen = try way.frozen()
    #expect(frozen.tasks == ItemTasks(count: clusters, identity: way.identity))
    let found = frozen.taskVectors(for: queries)
    #expect(found.plain == frozen.vectors(for: queries))
    #expect(found.vectors.rows == 3 * clusters * frozen.interests)
    for cluster in 0..<clusters {
      var told = queries
      told.clusters = [Int32](repeating: Int32(cluster), count: 3)
      let alone = frozen.vectors(for: told)
      for query in 0..<3 {
        for interest in 0..<frozen.interests {
          expectClose(
            Array(found.vectors[(query * clusters + cluster) * frozen.interests + interest]),
            Array(alone[query * frozen.interests + interest]), "\(query), \(cluster)")
        }
      }
    }
  }

  @Test(arguments: TaskWay.all)
  func `saved and opened it gives the same vectors of the same clusters`(way: TaskWay) throws {
    let frozen = try way.frozen()
    let opened = try withTemporaryFolder { folder in
      let place = folder.appending(path: "model")
      try SavedModel.write(to: place, manifest: manifest) { try frozen.write(to: $0) }
      return try FrozenRetriever(try SavedModel.open(place))
    }
    #expect(opened.tasks == frozen.tasks && opened.catalogue.tasks == frozen.tasks)
    let (first, second) = (opened.taskVectors(for: queries), frozen.taskVectors(for: queries))
    #expect(first.vectors == second.vectors && first.plain == second.plain)
  }

  @Test func `a prior is one more coordinate of every vector`() throws {
    let prior = ServingPrior(counts: (0..<10).map { $0 + 1 }, temperature: 1)
    let way = TaskWay(settings: RetrieverSettings(SASRecSettings()), identity: .hadamard)
    let (plain, frozen) = (try way.frozen(), try way.frozen(prior: prior))
    let (short, long) = (plain.taskVectors(for: queries), frozen.taskVectors(for: queries))
    #expect(long.vectors.columns == frozen.dimension && long.plain.columns == frozen.dimension)
    for row in 0..<short.vectors.rows {
      #expect(Array(long.vectors[row]) == Array(short.vectors[row]) + [1])
    }
  }

  @Test func `a retriever without clusters says nothing of them in its file`() throws {
    let settings = RetrieverSettings(SASRecSettings())
    for tasks in [nil, ItemTasks(count: clusters, identity: .none)] {
      let catalogue = Catalogue(
        users: FeatureTable(count: 4), items: FeatureTable(count: 10), tasks: tasks)
      let parameters = Parameters(seed: 6)
      _ = try parameters.build { try settings.network(for: catalogue, in: $0) }
      let frozen = try FrozenRetriever(settings, for: catalogue, stored: parameters.stored())
      #expect(frozen.tasks == nil)
      try withTemporaryFolder { folder in
        let place = folder.appending(path: "model")
        try SavedModel.write(to: place, manifest: manifest) { try frozen.write(to: $0) }
        let model = try SavedModel.open(place)
        #expect(try Array(model.tensors(ModelFile.retriever).metadata.keys) == ["retriever"])
        #expect(try FrozenRetriever(model).tasks == nil)
      }
    }
  }

  @Test(arguments: ["10", #"{"count":0,"identity":"hadamard"}"#, #"{"count":3,"identity":"x"}"#])
  func `clusters that a file cannot have are said`(text: String) throws {
    let way = TaskWay(settings: RetrieverSettings(SASRecSettings()), identity: .hadamard)
    let frozen = try way.frozen()
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "model")
      try SavedModel.write(to: place, manifest: manifest) { folder in
        try folder.write(
          frozen.stored.map { SafetensorsTensor($0, $1.values, shape: $1.shape) },
          metadata: ["retriever": #"{"model":"sasrec"}"#, "tasks": text],
          as: ModelFile.retriever)
        try folder.write(frozen.catalogue.users, as: ModelFile.userFeatures)
        try folder.write(frozen.catalogue.items, as: ModelFile.itemFeatures)
      }
      #expect { _ = try FrozenRetriever(try SavedModel.open(place)) } throws: { error in
        "\(error)".hasSuffix(
          "is not a model that can be read: its clusters are said as '\(text)'; train the model "
            + "again")
      }
    }
  }

  @Test func `blocks of queries and clusters stay small, however many clusters there are`() throws {
    let settings = RetrieverSettings(WatchedSettings())
    let (count, users) = (100, 40)
    let catalogue = Catalogue(
      users: FeatureTable(count: 4), items: FeatureTable(count: 10),
      tasks: ItemTasks(count: count, identity: .hadamard))
    let frozen = try FrozenRetriever(settings, for: catalogue, stored: [:])
    let queries = batch(
      [Int?](repeating: nil, count: users), (0..<users).map { [$0 % 10] })
    let found = frozen.taskVectors(for: queries)
    // The vectors of this network are the item and the cluster of a query.
    for user in 0..<users {
      for cluster in 0..<count {
        #expect(Array(found.vectors[user * count + cluster]) == [Float(user % 10), Float(cluster)])
      }
      #expect(Array(found.plain[user]) == [Float(user % 10), -1])
    }
    #expect(WatchedRetriever.most.withLock { $0 } <= 64)
  }

  @Test func `a retriever without clusters has no vectors of clusters`() async {
    await #expect(processExitsWith: .failure) {
      let settings = RetrieverSettings(WatchedSettings())
      let catalogue = Catalogue(users: FeatureTable(count: 4), items: FeatureTable(count: 10))
      _ = try FrozenRetriever(settings, for: catalogue, stored: [:])
        .taskVectors(for: batch([nil], [[1]]))
    }
  }
}

/// A retriever without parameters that keeps the size of the largest batch it was asked for.
private struct WatchedSettings: RetrieverModelSettings {
  var dimension = 2

  static let name = "watched"
  static let paper = "these tests, 2026"
  var historyLength: Int { 1 }
  var taskIdentities: [TaskIdentity] { [.none, .hadamard] }

  func validate() {}

  func network(for catalogue: Catalogue, in scope: Parameters.Scope) -> any Retriever {
    WatchedRetriever()
  }
}

private struct WatchedRetriever: Retriever {
  static let most = Mutex(0)

  var width: Int { 2 }
  var device: Device { .cpu }

  func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    Self.most.withLock { $0 = max($0, batch.count) }
    let rows = (0..<batch.count).flatMap { row in
      [
        Float(batch.histories[row].last?.position ?? -1),
        batch.clusters.isEmpty ? -1 : Float(batch.clusters[row]),
      ]
    }
    return Tensor(rows, shape: [batch.count, 2])
  }

  func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    .zeros([items.count, 2])
  }
}
