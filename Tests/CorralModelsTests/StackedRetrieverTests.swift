import CorralArtifacts
import CorralData
import CorralModels
import CorralTesting
import CorralVectors
import Foundation
import Testing
import Torch

@Suite struct `rankers stacked on a retriever` {
  private static let queries = QueryBatch(
    users: [UserIndex(0), UserIndex(2), UserIndex(3)],
    histories: Ragged([[1, 2], [6], [4, 0, 3]].map { $0.map { ItemIndex($0) } }))
  private static let candidates = Ragged([[5, 0, 3], [6], []].map { $0.map { ItemIndex($0) } })

  private func retriever(_ settings: RetrieverSettings) throws -> FrozenRetriever {
    let parameters = Parameters(seed: 5)
    _ = try parameters.build {
      try settings.network(for: GoldenNetwork.catalogue, in: $0)
    }
    return try FrozenRetriever(
      settings, for: GoldenNetwork.catalogue, stored: parameters.stored())
  }

  private func ranker(over stacked: StackedRetriever?) throws -> FrozenRanker {
    let parameters = Parameters(seed: 6)
    var settings = DeepFMSettings()
    (settings.dimension, settings.hidden, settings.initialSpread) = (4, [8], 0.5)
    _ = try parameters.build {
      try RankerSettings(settings).network(tasks: 1, for: GoldenNetwork.catalogue, in: $0)
    }
    return try FrozenRanker(
      RankerSettings(settings), for: GoldenNetwork.catalogue, stored: parameters.stored(),
      over: stacked)
  }

  @Test(arguments: RetrieverSettings.all)
  func `score the sum, of whatever retriever`(settings: RetrieverSettings) throws {
    let retriever = try retriever(settings)
    let all = retriever.scores(for: Self.queries)
    let expected = zip(Self.candidates.values, [0, 0, 0, 1]).map { all[$1, $0.position] }
    expectClose(
      retriever.scores(Self.candidates, for: Self.queries), expected, tolerance: 1e-5)
    let alone = try ranker(over: nil).scores(Self.candidates, for: Self.queries)
    let stacked = try ranker(over: StackedRetriever(retriever, weight: 3))
    expectClose(
      stacked.scores(Self.candidates, for: Self.queries), zip(alone, expected).map { $0 + 3 * $1 },
      tolerance: 1e-4)
  }

  @Test func `come back from a saved model with their retriever`() throws {
    let retriever = try retriever(RetrieverSettings(MatrixFactorisationSettings()))
    let stacked = try ranker(over: StackedRetriever(retriever, weight: 2))
    let manifest = Manifest(
      kinds: ["retriever": "mf", "ranker": "deepfm"], settings: .object([:]),
      data: .init(path: "", sha256: "", users: 5, items: 7, interactions: 0),
      metrics: .object([:]), created: .init(by: "test", machine: "test", seconds: 0))
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "model")
      try SavedModel.write(to: place, manifest: manifest) {
        try retriever.write(to: $0)
        try stacked.write(to: $0)
      }
      let loaded = try FrozenRanker(try SavedModel.open(place))
      #expect(loaded.stacked?.weight == 2)
      #expect(
        loaded.scores(Self.candidates, for: Self.queries)
          == stacked.scores(Self.candidates, for: Self.queries))
    }
  }
}
