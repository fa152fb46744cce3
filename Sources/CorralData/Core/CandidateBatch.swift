/// Items to be ranked for each of a batch of requests: as many for every one.
public struct CandidateBatch: Sendable {
  /// The requests.
  package var queries: QueryBatch
  /// The candidates, `[batch, candidates]`, row after row.
  package let items: [ItemIndex]
  /// The number of candidates that each request has.
  package let candidates: Int

  /// A batch of candidates: `candidates` items for each query.
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
