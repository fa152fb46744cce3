import CorralArtifacts
import CorralIndex
import CorralVectors

extension OpenedModel {
  /// The name of the graph's file in a saved model.
  static let graphFile = "index.safetensors"

  /// The index that the model was saved with, over the vectors of its items.
  func index(over vectors: Matrix) throws -> BuiltIndex {
    guard settings.index.kind == .hnsw, saved.contains(Self.graphFile) else {
      return try BuiltIndex(vectors, settings: settings.index)
    }
    return .hnsw(
      try HNSWIndex(saved.tensors(Self.graphFile), items: vectors, ef: settings.index.ef))
  }
}

extension ModelFolder {
  /// Writes the graph of an index; an exact one has none.
  func write(_ index: BuiltIndex) throws {
    guard case .hnsw(let graph) = index else { return }
    try write(graph.tensors, metadata: graph.metadata, as: OpenedModel.graphFile)
  }
}
