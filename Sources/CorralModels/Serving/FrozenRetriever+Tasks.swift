package import CorralData
package import CorralVectors

extension FrozenRetriever {
  /// The clusters that the retriever is told apart; `nil` if it is not told.
  package var tasks: ItemTasks? {
    catalogue.tasks.flatMap { $0.identity == .none ? nil : $0 }
  }

  /// The vectors of many queries in each of the K clusters, `[queries * K * interests, dimension]`,
  /// and those of the queries as they are, `[queries * interests, dimension]`.
  ///
  /// The vectors of a query lie one after the other, in the order of the clusters. Memory beyond the
  /// result does not grow with K: a block of queries and clusters is encoded at a time. Traps if the
  /// retriever is not told clusters.
  package func taskVectors(for batch: QueryBatch) -> (vectors: Matrix, plain: Matrix) {
    guard let tasks else {
      fatalError("taskVectors: \(settings.name) was trained without tasks; ask vectors(for:)")
    }
    let told = vectors(count: batch.count * tasks.count) { batch.searching(tasks.count, $0) }
    return (told, vectors(for: batch))
  }
}

extension QueryBatch {
  /// Some rows of the queries that ask for each of `count` clusters: row i is query `i / count` with
  /// cluster `i % count`.
  func searching(_ count: Int, _ rows: Range<Int>) -> QueryBatch {
    let queries = rows.map { $0 / count }
    return QueryBatch(
      users: queries.map { users[$0] },
      histories: Ragged(queries.lazy.map { histories[$0] }),
      context: context.isEmpty ? context : context.gathered(queries),
      clusters: rows.map { Int32($0 % count) })
  }
}
