import CorralData
import CorralModels
import Torch

/// A retriever of these tests: a history's mean times a gate, whose parameter
/// `feature.items.weight` has a table's name and is none.
struct GatedSettings: RetrieverModelSettings {
  var dimension = 8

  static let name = "gated"
  static let paper = "these tests, 2026"
  var historyLength: Int { 5 }

  func validate() {}

  func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try GatedRetriever(self, for: catalogue, in: scope) }
}

/// `v = sigmoid(W m) * m` of the mean m of a history's embeddings.
struct GatedRetriever: Retriever {
  let width: Int
  private let items: Embedding
  private let gate: Linear

  init(_ settings: GatedSettings, for catalogue: Catalogue, in scope: Parameters.Scope) throws {
    width = settings.dimension
    items = try Embedding(
      catalogue.items.count, width, rows: .items, initializer: .normal(deviation: 0.1),
      in: scope / "items")
    gate = try Linear(width, width, in: scope / "feature" / "items")
  }

  var device: Device { items.weight.device }

  func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let histories = batch.histories
    let mean = items.bags(
      Tensor(histories.values.map(\.rawValue), device: device),
      offsets: Tensor(histories.offsets, device: device), reduction: .mean)
    return gate(mean).sigmoid() * mean
  }

  func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    self.items(Tensor(items.map(\.rawValue), device: device))
  }
}
