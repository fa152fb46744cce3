import CorralData
package import CorralModels
import CorralSampling
import CorralVectors
import Torch

extension NegativeSettings {
  /// Whether an item that is never a target is never a negative either.
  var leavesUnseenItems: Bool {
    switch kind {
    case .inBatch: count == 0
    case .popularity: true
    case .uniform, .all, .softmax, .multiIndex, .topRand, .topAndRand, .cluster, .inCluster: false
    }
  }
}

extension RetrieverTrainingSettings {
  /// The retriever of some stored parameters, with a prior if the settings ask for one.
  func frozen(
    _ stored: [String: StoredTensor], of parameters: Parameters, under path: String = "",
    for catalogue: Catalogue, counts: [Int]
  ) throws -> FrozenRetriever {
    let untrained = UntrainedItems(counts: counts, features: catalogue.items)
    let plain = try FrozenRetriever(
      retriever, for: catalogue, stored: untrained.forgotten(stored, of: parameters, under: path),
      placed: untrained.placed(by: retriever))
    if correction.serving == .plain { return plain }
    let new = [Int](repeating: 0, count: catalogue.items.count - counts.count)
    return plain.adding(
      ServingPrior(counts: counts + new, temperature: temperature(of: plain)))
  }

  /// The temperature of the loss divided by the learned scale of a trained retriever.
  package func temperature(of model: FrozenRetriever) -> Float {
    loss.temperature / (model.scale ?? 1)
  }

  /// The correction that the loss reads: none for draws, unless the loss is a softmax.
  ///
  /// In-batch columns keep theirs: an estimator learns from them and is saved with the model.
  var correctionInUse: CorrectionSettings {
    var correction = self.correction
    if !loss.kind.isCorrected, negatives.kind != .inBatch { correction.estimate = .none }
    return correction
  }
}

extension RetrieverTrainingSettings {
  /// Whether training compares a target only with items of its cluster, so that scores order the items
  /// of one cluster and no others.
  func learnsWithinClusters(_ tasks: ItemTasks?) -> Bool {
    tasks.areTold || negatives.kind == .inCluster && negatives.easy == 0
  }
}

extension ItemTasks? {
  /// Whether a retriever is told which cluster a query searches.
  var areTold: Bool { self.map { $0.identity != .none } ?? false }
}

extension Partition {
  /// The same clusters of the first items.
  func prefix(_ count: Int) -> Partition {
    Partition(clusters: Array(clusters[..<count]), count: self.count)
  }
}

extension ColumnProbabilities {
  /// The probabilities with the estimator of a checkpoint, if it holds one.
  func restored(
    _ saved: Checkpoint.Content, as settings: CorrectionSettings
  ) throws -> ColumnProbabilities {
    guard let estimator = saved.estimator else { return self }
    return ColumnProbabilities(
      form: form, itemCount: itemCount,
      source: .streaming(try FrequencyEstimator(settings.estimator, restoring: estimator)))
  }
}

extension Retriever {
  /// The scores of some columns for a batch, and the vector that each target is scored with.
  func logits(
    of batch: TrainingBatch, _ columns: TrainingColumns, _ temperature: Float, _ phase: Phase
  ) -> (queries: Tensor, logits: Logits) {
    let items = items(columns.items, phase)
    let queries = queries(
      batch, toward: items.indexSelect(0, Tensor(columns.targets, device: device)), phase)
    return (queries, logits(queries, columns, items: items, temperature))
  }

  /// The scores of blocks of columns for a batch, divided by a temperature: one for each block.
  func logits(
    of batch: TrainingBatch, _ columns: ColumnBlocks, _ temperature: Float, _ phase: Phase
  ) -> [Logits] {
    let items = items(columns.items, phase)
    let queries = queries(
      batch, toward: items.indexSelect(0, Tensor(columns.targets, device: device)), phase)
    return Logits.blocks(
      queries, items, columns, scale: scale, temperature: temperature,
      crossing: isInnerProduct ? nil : scores)
  }

  /// The scores of some columns for queries, divided by a temperature.
  func logits(
    _ queries: Tensor, _ columns: TrainingColumns, items: Tensor, _ temperature: Float
  ) -> Logits {
    Logits(
      queries, items, columns, scale: scale, temperature: temperature,
      crossing: isInnerProduct ? nil : scores)
  }
}

extension QueryBatch {
  /// The queries, a share of their users made unknown at random.
  func withholding(_ share: Double, using generator: inout SeededGenerator) -> QueryBatch {
    guard share > 0 else { return self }
    var queries = self
    queries.users = users.map { generator.uniform() < share ? nil : $0 }
    return queries
  }
}
