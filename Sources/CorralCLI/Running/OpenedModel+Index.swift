import CorralArtifacts
import CorralData
import CorralEvaluation
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

  /// How the index that the model was saved with ranks the users of a split; `nil` where every item is
  /// compared, so that it ranks as an exact evaluation does.
  func indexScoring(_ split: Split, part: HeldOut) throws -> Scoring? {
    let index = try index(over: model.itemVectors())
    if index.isExact { return nil }
    let histories = split.histories(before: part)
    return .index(
      queries: { model.queries($0, histories: histories) }, placed: model.placed
    ) { vectors, count, isAllowed in
      index.search(anyOf: vectors, count: count, where: isAllowed).map(\.item)
    }
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
    if case .network(let network) = model, !network.isInnerProduct {
      return { try network.candidates(for: $0, count: $1, where: $2) }
    }
    let index = try index(over: vectors)
    let encoder = model.encoder
    return { try index.search(for: $0, by: encoder, count: $1, where: $2) }
  }
}

extension ModelFolder {
  /// Writes what an index is beside the vectors; an exact one is nothing.
  func write(_ index: BuiltIndex) throws {
    guard let saved = index.saved else { return }
    try write(saved.tensors, metadata: saved.metadata, as: OpenedModel.indexFile)
  }
}
