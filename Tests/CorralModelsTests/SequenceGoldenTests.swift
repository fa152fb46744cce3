import CorralData
import CorralModels
import Foundation
import Testing
import Torch

/// A model of `Scripts/golden_sequences.py`, and what PyTorch says of it.
private struct GoldenSequences {
  let file: SafetensorsNumbers
  let parameters: Parameters
  let retriever: any Retriever

  static let queries = QueryBatch(
    users: [0, 1, 2, 3, 4].map { UserIndex($0) },
    histories: ragged([[1, 2, 3], [5], [0, 6, 6, 2, 5, 4, 1], [], [4, 3]]))

  static func ragged(_ rows: [[Int]]) -> Ragged<ItemIndex> {
    Ragged(rows.map { $0.map { ItemIndex($0) } })
  }

  /// The stretches of the script, of which all but the first item are targets.
  static let forward = TrainingBatch(
    queries: QueryBatch(
      users: [0, 1, 2].map { UserIndex($0) },
      histories: ragged([[1, 2, 3], [4], [0, 6, 6, 2, 5]])),
    targets: [2, 3, 0, 6, 6, 6, 2, 5, 1].map { ItemIndex($0) },
    weights: [Float](repeating: 1, count: 9), reading: .everyPosition)

  /// Those of the cloze task.
  static let cloze = TrainingBatch(
    queries: forward.queries, targets: [2, 4, 0, 2, 5].map { ItemIndex($0) },
    weights: [Float](repeating: 1, count: 5), reading: .masked([1, 3, 4, 7, 8]))

  init(_ settings: RetrieverSettings, _ identity: TaskIdentity? = nil) throws {
    let name = [settings.name, identity?.rawValue].compactMap(\.self).joined(separator: "-")
    file = try SafetensorsNumbers("\(name).safetensors")
    let catalogue = Catalogue(
      users: FeatureTable(count: 5, columns: []), items: FeatureTable(count: 7, columns: []),
      tasks: identity.map { ItemTasks(count: 3, identity: $0) })
    parameters = Parameters(stored: try file.parameters())
    retriever = try parameters.build {
      try settings.network(for: catalogue, in: $0)
    }
  }
}

extension GoldenSequences {
  /// The queries, each told the cluster that it searches.
  static var told: QueryBatch {
    var told = queries
    told.clusters = [1, 0, 2, 2, 1]
    return told
  }

  /// A pass over each stretch for each cluster of its targets; items 0, 3 and 6 are in cluster 0, 1
  /// and 4 in 1, 2 and 5 in 2.
  static let byCluster = TrainingBatch(
    queries: QueryBatch(
      users: [0, 0, 1, 2, 2, 2].map { UserIndex($0) },
      histories: ragged([
        [1, 2, 3], [1, 2, 3], [4], [0, 6, 6, 2, 5], [0, 6, 6, 2, 5], [0, 6, 6, 2, 5],
      ]), clusters: [0, 2, 0, 0, 1, 2]),
    targets: [3, 0, 2, 6, 6, 6, 1, 2, 5].map { ItemIndex($0) },
    weights: [Float](repeating: 1, count: 9),
    reading: .positions([1, 2, 3, 6, 7, 8, 16, 19, 20]))
}

private let models: [RetrieverSettings] = {
  var sasRec = SASRecSettings()
  (sasRec.dimension, sasRec.history, sasRec.positions) = (4, 5, 6)
  (sasRec.heads, sasRec.feedForward, sasRec.dropout) = (2, 6, 0)
  var bert4Rec = BERT4RecSettings()
  (bert4Rec.dimension, bert4Rec.history, bert4Rec.positions) = (4, 5, 6)
  (bert4Rec.heads, bert4Rec.feedForward, bert4Rec.dropout) = (2, 6, 0)
  bert4Rec.norm = .post
  var gru4Rec = GRU4RecSettings()
  (gru4Rec.dimension, gru4Rec.history, gru4Rec.hidden) = (4, 5, 6)
  (gru4Rec.layers, gru4Rec.dropout) = (2, 0)
  return [RetrieverSettings(sasRec), RetrieverSettings(bert4Rec), RetrieverSettings(gru4Rec)]
}()

@Suite struct `sequence models, against PyTorch` {
  @Test(arguments: models)
  func `vectors of queries, of which one is longer than the model looks, and one empty`(
    settings: RetrieverSettings
  ) throws {
    let golden = try GoldenSequences(settings)
    expectClose(
      golden.retriever.queries(GoldenSequences.queries, .inference).floats(),
      try golden.file.array("queries"), tolerance: 1e-5)
  }

  @Test(arguments: models)
  func `loss and every gradient`(settings: RetrieverSettings) throws {
    try expectEqual(
      try GoldenSequences(settings),
      on: settings.model is BERT4RecSettings ? GoldenSequences.cloze : GoldenSequences.forward)
  }

  @Test(arguments: [TaskIdentity.hadamard, .prepend])
  func `SASRec that is told clusters, and queries that are not told`(
    identity: TaskIdentity
  ) throws {
    let golden = try GoldenSequences(models[0], identity)
    expectClose(
      golden.retriever.queries(GoldenSequences.told, .inference).floats(),
      try golden.file.array("queries"), tolerance: 1e-5)
    expectClose(
      golden.retriever.queries(GoldenSequences.queries, .inference).floats(),
      try golden.file.array("untold/queries"), tolerance: 1e-5)
    try expectEqual(golden, on: GoldenSequences.byCluster)
  }

  /// Expects the loss and the gradient of every parameter to be PyTorch's.
  private func expectEqual(_ golden: GoldenSequences, on batch: TrainingBatch) throws {
    let phase = Phase.training(seed: 1)
    let items = golden.retriever.items((0..<7).map { ItemIndex($0) }, phase)
    let columns = TrainingColumns(
      items: (0..<7).map { ItemIndex($0) }, targets: batch.targets.map { Int64($0.position) },
      negatives: .shared(counts: [Int](repeating: 1, count: 7)))
    let logits = Logits(
      golden.retriever.queries(batch, toward: items, phase), items, columns)
    let loss = FullSoftmax().mean(logits)
    expectClose([loss.item()], try golden.file.array("loss"), "loss", tolerance: 1e-5)
    loss.backward()
    for parameter in golden.parameters.all {
      expectClose(
        try #require(parameter.tensor.gradient, "\(parameter.name)").dense().floats(),
        try golden.file.array("gradient/\(parameter.name)"), parameter.name, tolerance: 1e-5)
    }
  }
}
