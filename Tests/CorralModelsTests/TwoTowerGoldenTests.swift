import CorralData
import CorralModels
import CorralSampling
import CorralVectors
import Foundation
import Testing
import Torch

/// The network of `Scripts/golden_models.py`, and what PyTorch says of it.
struct GoldenNetwork {
  let file: SafetensorsFile
  let parameters: Parameters
  let network: TwoTower

  static let targets = [5, 0, 2, 5, 1, 6].map(ItemIndex.init)
  static let rewards: [Float] = [1, 0.5, 1, 0, 2, 1]
  static let counts: [Int] = [5, 1, 2, 3, 1, 8, 4]

  static let queries = QueryBatch(
    users: [0, 3, nil, 1, 4, 0].map { $0.map { UserIndex($0) } },
    histories: Ragged(
      [[1, 2, 3, 4], [6], [5, 0], [], [2, 2, 1], [3, 4, 5]].map { $0.map { ItemIndex($0) } }))

  static let catalogue = Catalogue(
    users: FeatureTable(
      count: 5,
      columns: [
        FeatureColumn(
          name: "city",
          values: .categories(
            Ragged([[0], [1], [], [1], [0]]), vocabulary: Vocabulary(["here", "there"])))
      ]),
    items: FeatureTable(
      count: 7,
      columns: [
        FeatureColumn(
          name: "genres",
          values: .categories(
            Ragged([[0, 2], [], [1], [0, 1, 2], [2], [1], [0]]),
            vocabulary: Vocabulary(["drama", "noir", "war"]))),
        FeatureColumn(name: "year", values: .numbers([1990, .nan, 2001, 2010, 1984, 1999, 2005])),
      ]))

  static var settings: TwoTowerSettings {
    var settings = TwoTowerSettings()
    settings.dimension = 4
    settings.userEmbedding = .on
    settings.history.length = 3
    settings.queryTower = [6, 3]
    settings.itemTower = [6, 3]
    return settings
  }

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    file = try SafetensorsFile(folder.appending(components: "Golden", "two_tower.safetensors"))
    var stored: [String: StoredTensor] = [:]
    for (name, entry) in file.entries where name.contains(".") && !name.contains("/") {
      stored[name] = StoredTensor(shape: entry.shape, values: try file.array(name))
    }
    parameters = Parameters(stored: stored)
    network = try parameters.build {
      try TwoTower(Self.settings, for: Self.catalogue, in: $0)
    }
  }
}

@Suite struct `the two-tower network, against PyTorch` {
  @Test func `vectors of queries and items`() throws {
    let golden = try GoldenNetwork()
    expectClose(
      golden.network.queries(GoldenNetwork.queries, .inference).floats(),
      try golden.file.array("queries"))
    expectClose(
      golden.network.items((0..<7).map(ItemIndex.init), .inference).floats(),
      try golden.file.array("item_vectors"))
  }

  @Test(arguments: ["plain", "yi", "expected-count", "positive-uncorrected"])
  func `loss and every gradient`(form: String) throws {
    let golden = try GoldenNetwork()
    var correction = CorrectionSettings()
    correction.estimate = form == "plain" ? .none : .static
    correction.form = CorrectionSettings.Form(rawValue: form) ?? .yi
    let negatives = try TrainingNegatives(NegativeSettings(), counts: GoldenNetwork.counts)
    var probabilities = ColumnProbabilities(correction, counts: GoldenNetwork.counts)
    var generator = SeededGenerator(seed: 1)
    let columns = negatives.columns(
      targets: GoldenNetwork.targets, &probabilities, using: &generator)
    let logits = Logits(
      golden.network.queries(GoldenNetwork.queries, .training(seed: 1)),
      golden.network.items(columns.items, .training(seed: 1)), columns)
    let loss = SampledSoftmax(temperature: 0.2).mean(
      logits, weights: Tensor(GoldenNetwork.rewards))
    expectClose([loss.item()], try golden.file.array("\(form)/loss"), "loss")
    loss.backward()
    for parameter in golden.parameters.all {
      let expected: [Float] = try golden.file.array("\(form)/gradient/\(parameter.name)")
      let gradient = try #require(parameter.tensor.gradient, "\(parameter.name)").dense().floats()
      expectClose(gradient, expected, parameter.name)
    }
  }
}

/// Expects numbers to agree to `tolerance`, relative to those above 1.
func expectClose(
  _ x: [Float], _ y: [Float], _ what: String = "", tolerance: Float = 2e-5,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(x.count == y.count, "\(what)", sourceLocation: sourceLocation)
  let worst = zip(x, y).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
  #expect(worst <= tolerance, "\(what) is off by \(worst)", sourceLocation: sourceLocation)
}
