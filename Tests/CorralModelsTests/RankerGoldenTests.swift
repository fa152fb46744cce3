import CorralData
import CorralModels
import CorralVectors
import Foundation
import Testing
import Torch

/// The rankers of `Scripts/golden_rankers.py`, and what PyTorch says of them.
struct GoldenRankers {
  let file: SafetensorsFile

  /// Three candidates for each query of the two-tower network's, with the same catalogue.
  static let candidates = CandidateBatch(
    queries: GoldenNetwork.queries,
    items: [5, 0, 1, 0, 0, 6, 2, 3, 4, 5, 6, 1, 1, 2, 5, 6, 4, 3].map { ItemIndex($0) },
    candidates: 3)

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    file = try SafetensorsFile(folder.appending(components: "Golden", "rankers.safetensors"))
  }

  /// The settings of a case by its name, all of them small and without dropout.
  static func settings(_ name: String) -> RankerSettings {
    func small<Settings: RankerModelSettings>(
      _ settings: Settings, _ change: (inout Settings) -> Void = { _ in }
    ) -> Settings {
      var settings = settings
      (settings.dimension, settings.history, settings.dropout) = (4, 3, 0)
      settings.hidden = [6, 5]
      change(&settings)
      return settings
    }
    return switch name {
    case "deepfm": RankerSettings(small(DeepFMSettings()) { $0.firstOrder = .on })
    case "dcn": RankerSettings(small(DCNSettings()))
    case "dcn-v2": RankerSettings(small(DCNv2Settings()))
    case "dcn-v2-low-rank": RankerSettings(small(DCNv2Settings()) { $0.rank = 3 })
    case "din":
      RankerSettings(
        small(DINSettings()) {
          $0.attention = [5, 3]
          $0.userEmbedding = .on
        })
    case "din-positions":
      RankerSettings(
        small(DINSettings()) {
          ($0.positionEmbedding, $0.attention) = (.on, [1])
          $0.userEmbedding = .on
        })
    default: RankerSettings(small(BSTSettings()) { $0.layers = 2 })
    }
  }

  /// The tensors of a case whose names begin with a part.
  func stored(_ part: String) throws -> [String: StoredTensor] {
    var stored: [String: StoredTensor] = [:]
    for (name, entry) in file.entries where name.hasPrefix(part + "/") {
      let name = String(name.dropFirst(part.count + 1))
      guard name.contains("."), !name.contains("/") else { continue }
      stored[name] = StoredTensor(shape: entry.shape, values: try file.array("\(part)/\(name)"))
    }
    return stored
  }

  /// The ranker of a case, with its parameters.
  func ranker(_ name: String) throws -> (any Ranker, Parameters) {
    let parameters = Parameters(stored: try stored(name))
    let ranker = try parameters.build {
      try Self.settings(name).network(tasks: 2, for: GoldenNetwork.catalogue, in: $0)
    }
    return (ranker, parameters)
  }
}

@Suite struct `rankers, against PyTorch` {
  @Test(arguments: ["deepfm", "dcn", "dcn-v2", "dcn-v2-low-rank", "din", "din-positions", "bst"])
  func `logits and every gradient`(name: String) throws {
    let golden = try GoldenRankers()
    let (ranker, parameters) = try golden.ranker(name)
    let logits = ranker.logits(GoldenRankers.candidates, .inference)
    #expect(logits.shape == [6, 3, 2])
    expectClose(
      logits.floats(), try golden.file.array("\(name)/logits"), "logits", tolerance: 1e-5)

    let trained = ranker.logits(GoldenRankers.candidates, .training(seed: 1))
    expectClose(
      trained.floats(), try golden.file.array("\(name)/training"), "training", tolerance: 1e-5)
    let seed = Tensor(try golden.file.array("seed") as [Float], shape: [6, 3, 2])
    (trained * seed).sum().backward()
    let expected = try golden.stored("\(name)/gradient")
    for parameter in parameters.all {
      guard let gradient = parameter.tensor.gradient else {
        #expect(expected[parameter.name] == nil, "\(parameter.name)")
        continue
      }
      expectClose(
        gradient.dense().floats(), try #require(expected[parameter.name]).values, parameter.name,
        tolerance: 1e-5)
    }
    for (name, moved) in try golden.stored("\(name)/moved") {
      let average = try #require(parameters.all.first { $0.name == name })
      expectClose(average.tensor.floats(), moved.values, name, tolerance: 1e-5)
    }
  }

  @Test(arguments: [LossSettings.Kind.bce, .softmax, .bpr])
  func `the loss of three heads`(kind: LossSettings.Kind) throws {
    let golden = try GoldenRankers()
    let nan = Float.nan
    var main = LossSettings()
    (main.kind, main.temperature) = (kind, 0.5)
    let loss = RankingLoss(
      main: main,
      heads: [try HeadSettings("is_like:bce:0.5"), try HeadSettings("watch:squared:2")])
    let batch = RankingBatch(
      candidates: CandidateBatch(
        queries: batch([0, 1, 2], [[], [], []]),
        items: [ItemIndex](repeating: ItemIndex(0), count: 12), candidates: 4),
      isMasked: (0..<12).map { $0 == 2 },
      labels: [
        [1, nan, nan, 0, 0, nan, 1, nan, nan, nan, nan, nan],
        [0.3, nan, nan, 0, nan, nan, nan, nan, 0.9, 0.1, nan, nan],
      ], weights: [1, 0.5, 2])
    let logits = Tensor(try golden.file.array("loss/logits") as [Float], shape: [3, 4, 3])
    logits.requiresGradient = true
    let value = loss(logits, batch)
    let name = "loss/\(kind.rawValue)"
    expectClose([value.item()], try golden.file.array(name), tolerance: 1e-5)
    value.backward()
    expectClose(
      try #require(logits.gradient).floats(), try golden.file.array("\(name)/gradient"),
      tolerance: 1e-5)
  }
}
