import CorralData
import CorralModels
import CorralTesting
import Foundation
import Testing
import Torch

/// Settings that no retriever can have, and the one line that says so.
@Suite struct `settings of retrievers` {
  @Test func `of NeuMF`() {
    expectRefusal(
      NeuMFSettings(), "hidden", "[]",
      "give the width of each layer over a user and an item, such as [64, 32, 16]"
    ) { $0.hidden = [] }
    expectRefusal(
      NeuMFSettings(), "dropout", "1.0", "give a share from 0 up to, but not, 1"
    ) { $0.dropout = 1 }
  }

  @Test func `of DSSM`() {
    expectRefusal(
      DSSMSettings(), "hidden", "[128, 0]", "give the width of each layer, such as [128, 128, 128]"
    ) { $0.hidden = [128, 0] }
  }

  @Test func `of Caser`() {
    expectRefusal(
      CaserSettings(), "history", "0", "filters need 1 item or more, such as 5"
    ) { $0.history = 0 }
    expectRefusal(
      CaserSettings(), "horizontal", "0",
      "with vertical filters at 0 too a history would be nothing; give 1 or more, such as 16"
    ) { ($0.horizontal, $0.vertical) = (0, 0) }
    expectRefusal(
      CaserSettings(), "vertical", "-1", "give 0 filters or more, such as 4"
    ) { $0.vertical = -1 }
  }

  @Test func `of MIND and ComiRec`() {
    expectRefusal(
      MINDSettings(), "interests", "0", "a user has 1 vector or more, such as 4"
    ) { $0.interests = 0 }
    expectRefusal(
      MINDSettings(), "iterations", "0", "give 1 round of routing or more, such as 3"
    ) { $0.iterations = 0 }
    expectRefusal(
      MINDSettings(), "power", "-1.0",
      "give 0 or more; 1 takes interests by their scores, and 8 nearly only the best"
    ) { $0.power = -1 }
    expectRefusal(
      ComiRecSettings(), "history", "0", "interests need 1 item or more, such as 20"
    ) { $0.history = 0 }
    expectRefusal(
      ComiRecSettings(), "hidden", "0", "give a width of 1 or more, such as 64"
    ) { $0.hidden = 0 }
  }

  @Test func `of MMoE`() {
    expectRefusal(
      MMoESettings(), "heads", "5",
      "heads share the 64 elements of retriever.dimension; give a number that divides them"
    ) { $0.heads = 5 }
    expectRefusal(
      MMoESettings(), "experts", "0", "gates need 1 expert or more, such as 4"
    ) { $0.experts = 0 }
  }

  @Test(arguments: RetrieverSettings.all)
  func `defaults are good, and say whose model it is`(settings: RetrieverSettings) throws {
    try settings.validate()
    #expect(RetrieverSettings(named: settings.name) == settings)
    #expect(type(of: settings.model).paper.contains("20"))
  }

  @Test func `names are those of the table, each once, and a block reads back by its name`() throws
  {
    let names = RetrieverSettings.names + RankerSettings.names
    #expect(Set(names).count == names.count)
    for settings in RetrieverSettings.all {
      let text = try JSONEncoder().encode(settings)
      #expect(try JSONDecoder().decode(RetrieverSettings.self, from: text) == settings)
    }
    #expect(RetrieverSettings(named: "popular") == nil)
    #expect(RetrieverSettings(TwoTowerSettings()) != RetrieverSettings(DSSMSettings()))
  }

  @Test func `the holder of the block puts its name before the key`() {
    let settings = RetrieverSettings(changed(TwoTowerSettings()) { $0.history.length = -1 })
    let catalogue = Catalogue(users: FeatureTable(count: 4), items: FeatureTable(count: 10))
    #expect {
      _ = try Parameters(seed: 1).build { try settings.network(for: catalogue, in: $0) }
    } throws: {
      "\($0)" == "setting 'retriever.history.length' is -1: give 0 or more items"
    }
  }

  private func expectRefusal<Settings: RetrieverModelSettings>(
    _ defaults: Settings, _ key: String, _ value: String, _ reason: String,
    sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout Settings) -> Void
  ) {
    var settings = defaults
    change(&settings)
    do {
      try settings.validate()
      Issue.record("no error", sourceLocation: sourceLocation)
    } catch {
      #expect(
        "\(error)" == "setting '\(key)' is \(value): \(reason)",
        sourceLocation: sourceLocation)
    }
  }
}
