package import CorralArtifacts
package import CorralData
package import CorralEvaluation
package import CorralIndex
import CorralModels
package import CorralSampling
import CorralSettings
package import CorralVectors
import Foundation

extension OpenedModel {
  /// The name of the file in a saved model that holds what an index is beside the vectors.
  package static let indexFile = "index.safetensors"

  /// The index that the model was saved with, over the vectors of its items.
  package func index(over vectors: Matrix) throws -> BuiltIndex {
    let partition = divided?.searched
    guard settings.index.kind != .exact, saved.contains(Self.indexFile) else {
      return try BuiltIndex(vectors, settings: settings.index, partition: partition)
    }
    return try BuiltIndex(
      saved.tensors(Self.indexFile), items: vectors, settings: settings.index,
      partition: partition)
  }

  /// The model over its clusters; `nil` for a model without clusters.
  package var divided: DividedModel? {
    clusters.map { DividedModel(model: model, clusters: $0, settings: settings.clusters) }
  }

  /// How the index that the model was saved with ranks the users of a split; `nil` where every item is
  /// compared, so that it ranks as an exact evaluation does.
  package func indexScoring(_ split: Split, part: HeldOut) throws -> Scoring? {
    let index = try index(over: model.itemVectors())
    if index.isExact { return nil }
    if case .partitioned(let index) = index, let divided {
      return divided.scoring(through: index, split, part: part)
    }
    let histories = split.histories(before: part)
    return .index(
      queries: { model.queries($0, histories: histories) }, placed: model.placed
    ) { vectors, count, isAllowed in
      index.search(anyOf: vectors, count: count, where: isAllowed).map(\.item)
    }
  }

  /// Throws `PipelineError` for a model whose scores are no inner products, naming what needs them.
  package func checkInnerProducts(_ work: String) throws {
    guard case .network(let network) = model, !network.isInnerProduct else { return }
    throw PipelineError.noInnerProducts(model: path, kind: kind, work: work)
  }

  /// Writes the model again with another index: the old one stays whole until the new one is.
  package func replacingIndex(_ index: BuiltIndex, settings: IndexSettings) throws -> SavedModel {
    var changed = self.settings
    changed.index = settings
    var manifest = saved.manifest
    manifest.settings = try JSONValue(encoding: changed)
    manifest.kinds["index"] = settings.kind.rawValue
    return try SavedModel.write(to: URL(filePath: path), manifest: manifest) { folder in
      for name in saved.manifest.files.keys.sorted() where name != Self.indexFile {
        try folder.copy(name, of: saved)
      }
      try folder.write(index)
    }
  }
}

extension OpenedModel {
  /// How good negatives drawn through the buckets of an index are for some of the queries.
  ///
  /// `nil` for an index without buckets, and for scores that are beyond floats: they have no softmax to
  /// draw by.
  package func proposal(
    through index: BuiltIndex, for queries: Matrix, temperature: Float
  ) -> ProposalDiagnostics? {
    guard case .multiIndex(let buckets) = index, buckets.count > 0 else { return nil }
    let largest = Double(buckets.items.longestRow) * Double(queries.longestRow)
    guard largest / Double(temperature) < Double(Float.greatestFiniteMagnitude) else { return nil }
    let sampler = MultiIndexSampler(buckets, temperature: temperature)
    let context = SamplingContext(queries: queries.gathered(0..<min(64, queries.rows)))
    var rng = SeededGenerator(seed: 1)
    return ProposalDiagnostics(
      of: sampler, negatives: sampler.draw(20, for: context, using: &rng), for: context,
      items: buckets.items, temperature: temperature)
  }
}

extension ModelFolder {
  /// Writes what an index is beside the vectors; an exact one is nothing.
  package func write(_ index: BuiltIndex) throws {
    guard let saved = index.saved else { return }
    try write(saved.tensors, metadata: saved.metadata, as: OpenedModel.indexFile)
  }
}
