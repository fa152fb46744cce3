package import CorralData
package import CorralModels
package import CorralVectors

/// How a trained model of any kind makes the vectors that the clusters of users are foretold from.
package struct UserEncoder {
  /// The vectors of queries that are told no cluster, `[queries, width]`.
  package let vectors: (QueryBatch) throws -> Matrix
  /// The vectors after each item of some histories, `[items, width]`; `nil` for a model that does not
  /// read forward.
  package let positions: ((Ragged<ItemIndex>) throws -> Matrix)?
  /// The most items of a history that `positions` takes.
  package let length: Int

  /// A model that makes one vector of each query.
  package init(vectors: @escaping (QueryBatch) throws -> Matrix) {
    self.vectors = vectors
    positions = nil
    length = 0
  }

  /// A retriever network; the interests of a user stand beside each other, `[queries, interests * d]`.
  package init(_ model: FrozenRetriever) {
    vectors = { batch in
      let vectors = model.vectors(for: batch)
      return Matrix(
        rows: batch.count, columns: model.interests * model.dimension, values: vectors.values)
    }
    positions = model.readsForward ? { model.vectors(afterEachItemOf: $0) } : nil
    length = model.settings.model.historyLength
  }
}
