import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralVectors

extension OpenedModel {
  /// The name of the file in a saved model that holds what an index is beside the vectors.
  static let indexFile = "index.safetensors"

  /// The index that the model was saved with, over the vectors of its items.
  func index(over vectors: Matrix) throws -> BuiltIndex {
    guard settings.index.kind != .exact, saved.contains(Self.indexFile) else {
      return try BuiltIndex(vectors, settings: settings.index)
    }
    return try BuiltIndex(
      saved.tensors(Self.indexFile), items: vectors, settings: settings.index)
  }

  /// Throws for a model whose scores are no inner products, naming the command that needs them.
  func checkInnerProducts(_ command: String) throws {
    guard case .network(let network) = model, !network.isInnerProduct else { return }
    throw InputError.wrongKind(
      model: path, kind: kind, command: command, needs: "scores that are inner products")
  }

  /// What finds the best items for a query: a search of the index by each of its vectors, or the scores
  /// of every item where no index can search by them.
  ///
  /// Items that the model cannot place come last, with a score of minus infinity.
  func finder(
    over vectors: Matrix
  ) throws -> (Query, _ count: Int, _ isAllowed: (ItemIndex) -> Bool) throws -> [Candidate] {
    let placed = model.placed
    if case .network(let network) = model, !network.isInnerProduct {
      return { query, count, isAllowed in
        var best = TopK(count)
        for (position, score) in try network.scores(for: query).enumerated() {
          let item = ItemIndex(position)
          if placed.contains(item), isAllowed(item) { best.insert(position, score: score) }
        }
        let found = best.sorted().map { Candidate(item: ItemIndex($0.index), score: $0.score) }
        return found + placed.candidates(after: found.count, of: count, where: isAllowed)
      }
    }
    let index = try index(over: vectors)
    let encoder = model.encoder
    return { query, count, isAllowed in
      index.search(
        anyOf: try encoder.vectors(for: query), count: count, placed: placed, where: isAllowed)
    }
  }
}

extension ModelFolder {
  /// Writes what an index is beside the vectors; an exact one is nothing.
  func write(_ index: BuiltIndex) throws {
    guard let saved = index.saved else { return }
    try write(saved.tensors, metadata: saved.metadata, as: OpenedModel.indexFile)
  }
}
