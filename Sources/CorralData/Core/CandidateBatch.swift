/// A batch of requests with equally many candidates each.
public struct CandidateBatch: Sendable {
  /// The requests.
  package var queries: QueryBatch
  /// The candidates, `[batch, candidates]`, row after row.
  package let items: [ItemIndex]
  /// The number of candidates of each request.
  package let candidates: Int

  /// Creates a batch with `candidates` items for each query.
  package init(queries: QueryBatch, items: [ItemIndex], candidates: Int) {
    if items.count != queries.count * candidates {
      fatalError(
        "CandidateBatch: \(items.count) items are not \(candidates) for each of \(queries.count) "
          + "queries")
    }
    self.queries = queries
    self.items = items
    self.candidates = candidates
  }

  /// The number of requests.
  package var count: Int { queries.count }
}
