import CorralData
import CorralModels
import CorralTesting
import CorralVectors
import Foundation
import Testing
import Torch

/// A ranker of four users and ten items without features, with fresh parameters.
private func ranker(_ settings: RankerSettings, tasks: Int = 1) throws -> any Ranker {
  let catalogue = Catalogue(users: FeatureTable(count: 4), items: FeatureTable(count: 10))
  return try Parameters(seed: 1).build {
    try settings.network(tasks: tasks, for: catalogue, in: $0)
  }
}

private func candidates(_ queries: QueryBatch, _ items: [[Int]]) -> CandidateBatch {
  CandidateBatch(
    queries: queries, items: items.flatMap { $0.map { ItemIndex($0) } },
    candidates: items[0].count)
}

@Suite struct `rankers` {
  @Test(arguments: RankerSettings.all)
  func `a score depends on the query and the item alone`(settings: RankerSettings) throws {
    let ranker = try ranker(settings, tasks: 2)
    let queries = batch([0, 1], [[1, 2, 3], [4]])
    let items = [[5, 6, 7], [7, 8, 5]]
    let together = ranker.logits(candidates(queries, items), .inference)
    #expect(together.shape == [2, 3, 2])
    for row in 0..<2 {
      for column in 0..<3 {
        let alone = ranker.logits(
          candidates(
            batch([row], [queries.histories[row].map(\.position)]), [[items[row][column]]]),
          .inference)
        expectClose(alone.floats(), together[row][column].floats(), settings.name, tolerance: 1e-6)
      }
    }
    expectClose(
      ranker.scores(candidates(queries, items), .inference).floats(),
      together.select(2, 0).floats(), tolerance: 0)
  }

  @Test(arguments: RankerSettings.all)
  func `training drops by the seed alone`(settings: RankerSettings) throws {
    let ranker = try ranker(settings)
    let batch = candidates(batch([0, 1], [[1, 2, 3], [4]]), [[5, 6, 7], [7, 8, 5]])
    func drawn(_ seed: UInt64) -> [Float] { ranker.scores(batch, .training(seed: seed)).floats() }
    #expect(drawn(3) == drawn(3))
    #expect(drawn(3) != drawn(4))
  }

  @Test(arguments: [
    RankerSettings(changed(DINSettings()) { $0.history = 2 }),
    RankerSettings(changed(BSTSettings()) { $0.history = 2 }),
  ])
  func `the last items of a history count, and their order as it should`(
    settings: RankerSettings
  ) throws {
    let scores = try ranker(settings).scores(
      candidates(
        batch([nil, nil, nil, nil, nil], [[1, 2, 3], [9, 2, 3], [3, 2], [2], []]),
        [[5], [5], [5], [5], [5]]), .inference
    ).floats()
    #expect(scores[0] == scores[1])
    #expect((abs(scores[0] - scores[2]) > 1e-7) == (settings.model is BSTSettings))
    #expect(Set(scores[2...]).count == 3)
  }

  @Test func `heads are written as texts`() throws {
    #expect(try HeadSettings("is_like") == HeadSettings(label: "is_like"))
    let watch = try HeadSettings("watch:squared:0.5")
    #expect(watch == HeadSettings(label: "watch", loss: .squaredError, weight: 0.5))
    #expect(try HeadSettings("\(watch)") == watch)
    expectSetting(
      """
      setting 'heads' is :bce: give LABEL, LABEL:LOSS or LABEL:LOSS:WEIGHT, such as \
      watch:squared:0.5
      """
    ) { _ = try HeadSettings(":bce") }
    expectSetting(
      "setting 'heads' is watch:mse: the losses of a head are bce and squared"
    ) { _ = try HeadSettings("watch:mse") }
    expectSetting("setting 'heads' is watch:bce:0: give a weight above 0, such as 0.5") {
      _ = try HeadSettings("watch:bce:0")
    }
  }

  @Test(arguments: RankerSettings.all)
  func `settings are written flat and read back`(settings: RankerSettings) throws {
    let text = try JSONEncoder().encode(settings)
    #expect(String(decoding: text, as: UTF8.self).contains("\"model\":\"\(settings.name)\""))
    #expect(try JSONDecoder().decode(RankerSettings.self, from: text) == settings)
    #expect(RankerSettings(named: settings.name) == settings)
    #expect(!type(of: settings.model).paper.isEmpty)
  }

  @Test func `wrong settings say what to give instead`() throws {
    expectSetting(
      """
      setting 'ranker.model' is mf: that is a retriever, which belongs under retriever.model; give \
      one of deepfm, dcn, dcn-v2, din, bst
      """
    ) {
      let text = Data(#"{"model": "mf"}"#.utf8)
      _ = try JSONDecoder().decode(RankerSettings.self, from: text)
    }
    expectSetting(
      """
      setting 'ranker.model' is forest: there is no such ranker; give one of deepfm, dcn, dcn-v2, \
      din, bst
      """
    ) {
      let text = Data(#"{"model": "forest"}"#.utf8)
      _ = try JSONDecoder().decode(RankerSettings.self, from: text)
    }
    expectSetting(
      """
      setting 'heads' is 3: heads share the 64 elements of ranker.dimension evenly; give a \
      divisor of it, such as 2
      """
    ) {
      var bst = BSTSettings()
      bst.heads = 3
      try bst.validate()
    }
    expectSetting(
      """
      setting 'history' is 0: din weighs the items of a history; give 1 or more, such as 20
      """
    ) {
      var din = DINSettings()
      din.history = 0
      try din.validate()
    }
    expectSetting(
      """
      setting 'history' is 0: bst reads the items of a history; give 1 or more, such as 20
      """
    ) {
      var bst = BSTSettings()
      bst.history = 0
      try bst.validate()
    }
    expectSetting(
      """
      setting 'ranker.userEmbedding' is off: a query would be nothing at all without history, \
      features and context; set it to on, or ranker.history to 20
      """
    ) {
      var deepFM = DeepFMSettings()
      deepFM.userEmbedding = .off
      _ = try ranker(RankerSettings(deepFM))
    }
  }
}

/// Expects the body to throw an error with this text.
private func expectSetting(
  _ message: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("no error", sourceLocation: sourceLocation)
  } catch {
    #expect("\(error)" == message, sourceLocation: sourceLocation)
  }
}
