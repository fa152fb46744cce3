import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralTesting
import Foundation
import Testing
import Torch

/// What freezing and saving do to every ranker of the table.
@Suite struct `the contract of rankers` {
  private static let counts = [3, 0, 2, 1, 4, 0, 1]
  private static let unseen: Set = [1, 5]

  private let queries = batch([0, nil, 3], [[1, 2], [6], [4, 0, 5]])
  private let candidates = Ragged([[5, 0, 3], [6], [1, 2]].map { $0.map { ItemIndex($0) } })

  private func made(
    _ settings: RankerSettings
  ) throws -> (network: any Ranker, parameters: Parameters) {
    let parameters = Parameters(seed: 3)
    let network = try parameters.build {
      try settings.network(for: GoldenNetwork.catalogue, in: $0)
    }
    // A head that starts at zero would hide what the items' rows do.
    for parameter in parameters.all where parameter.rows == .items {
      parameter.tensor.write(parameter.tensor.floats().indices.map { Float($0 % 7 + 1) / 10 })
    }
    return (network, parameters)
  }

  private func frozen(_ settings: RankerSettings) throws -> FrozenRanker {
    let parameters = try made(settings).parameters
    let untrained = UntrainedItems(
      counts: Self.counts, features: GoldenNetwork.catalogue.items)
    return try FrozenRanker(
      settings, for: GoldenNetwork.catalogue,
      stored: untrained.forgotten(parameters.stored(), of: parameters))
  }

  @Test(arguments: RankerSettings.all)
  func `ids of unseen items are zero, and all else is as training left it`(
    settings: RankerSettings
  ) throws {
    let parameters = try made(settings).parameters
    let (before, after) = (parameters.stored(), try frozen(settings).stored)
    #expect(parameters.all.contains { $0.rows == .items })
    for parameter in parameters.all {
      guard parameter.rows == .items else {
        if case .itemCategories = parameter.rows { continue }
        #expect(before[parameter.name] == after[parameter.name], "\(parameter.name)")
        continue
      }
      let values = try #require(after[parameter.name]).values
      let width = values.count / Self.counts.count
      for item in Self.counts.indices {
        let isZero = values[item * width..<(item + 1) * width].allSatisfy { $0 == 0 }
        #expect(isZero == Self.unseen.contains(item), "\(parameter.name), item \(item)")
      }
    }
  }

  @Test(arguments: RankerSettings.all)
  func `frozen it scores as trained where items were met`(settings: RankerSettings) throws {
    let network = try made(settings).network
    let frozen = try frozen(settings)
    let queries = batch([0, 2], [[0, 2], [3, 6]])
    let candidates = Ragged([[0, 3, 4], [6]].map { $0.map { ItemIndex($0) } })
    expectClose(
      frozen.scores(candidates, for: queries), network.scores(candidates, for: queries))
  }

  @Test(arguments: RankerSettings.all)
  func `saved and opened it gives the same scores`(settings: RankerSettings) throws {
    let frozen = try frozen(settings)
    let manifest = Manifest(
      kinds: ["ranker": settings.name], settings: .object([:]),
      data: .init(path: "", sha256: "", users: 5, items: 7, interactions: 0),
      metrics: .object([:]), created: .init(by: "test", machine: "test", seconds: 0))
    let opened = try withTemporaryFolder { folder in
      let place = folder.appending(path: "model")
      try SavedModel.write(to: place, manifest: manifest) { try frozen.write(to: $0) }
      return try FrozenRanker(try SavedModel.open(place))
    }
    #expect(opened.settings == settings)
    let scores = frozen.scores(candidates, for: queries)
    #expect(scores.allSatisfy { $0.isFinite })
    #expect(opened.scores(candidates, for: queries) == scores)
  }
}
