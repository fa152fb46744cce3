import CorralData
import CorralModels
import CorralVectors
import Foundation
import Testing
import Torch

/// A retriever with the parameters of `Scripts/golden_retrievers.py`, and what PyTorch says of it.
struct GoldenRetriever<Model: Retriever> {
  let file: SafetensorsFile
  let parameters: Parameters
  let model: Model

  init(_ name: String, _ make: (Parameters.Scope) throws -> Model) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    file = try SafetensorsFile(folder.appending(components: "Golden", "\(name).safetensors"))
    var stored: [String: StoredTensor] = [:]
    let prefix = "parameters/"
    for (name, entry) in file.entries where name.hasPrefix(prefix) {
      stored[String(name.dropFirst(prefix.count))] = StoredTensor(
        shape: entry.shape, values: try file.array(name))
    }
    parameters = Parameters(stored: stored)
    model = try parameters.build(make)
  }

  /// The examples that PyTorch had.
  var batch: TrainingBatch {
    TrainingBatch(
      queries: GoldenNetwork.queries, targets: GoldenNetwork.targets,
      weights: [Float](repeating: 1, count: GoldenNetwork.targets.count))
  }

  /// The vectors of all items.
  func items() -> Tensor { model.items((0..<7).map(ItemIndex.init), .inference) }

  /// The vectors that the targets are scored with.
  func toward(_ items: Tensor) -> Tensor {
    let targets = Tensor(batch.targets.map(\.rawValue))
    return model.queries(batch, toward: items.indexSelect(0, targets), .inference)
  }

  /// Expects vectors, scores and every gradient to be PyTorch's.
  func expectEqual(sourceLocation: SourceLocation = #_sourceLocation) throws {
    func close(_ x: Tensor, _ name: String) throws {
      expectClose(
        x.floats(), try file.array(name), name, tolerance: 1e-5, sourceLocation: sourceLocation)
    }
    let items = items()
    try close(model.queries(GoldenNetwork.queries, .inference), "queries")
    try close(items, "items")
    let toward = toward(items)
    let scores = model.scores(toward, items)
    try close(scores, "scores")
    let own = items.unsqueeze(0).expand([toward.size(0), 7, model.width])
    try close(model.scores(toward, own), "scores")
    (scores * Tensor(try file.array("seed") as [Float], shape: scores.shape)).sum().backward()
    for parameter in parameters.all {
      let name = "gradients/\(parameter.name)"
      guard file.entries[name] != nil else {
        #expect(parameter.tensor.gradient == nil, "\(name)", sourceLocation: sourceLocation)
        continue
      }
      try close(
        try #require(parameter.tensor.gradient, "\(name)", sourceLocation: sourceLocation).dense(),
        name)
    }
  }
}
