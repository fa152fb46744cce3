import CorralData
import CorralVectors

/// The best items of each query of a context, found exactly.
struct TopPools: Sendable {
  private let search: InnerProductSearch
  /// How many items each query's pool has.
  let size: Int

  init(items: Matrix, pool: Int, of kind: String) {
    guard items.rows > 0, pool > 0 else {
      fatalError("a \(kind) sampler cannot draw from the best \(pool) of \(items.rows) items")
    }
    search = InnerProductSearch(items)
    size = min(pool, items.rows)
  }

  var items: Matrix { search.matrix }

  /// The pool of each query, one row of items a query, which all have `size` of them.
  func pools(of context: SamplingContext) -> FoundRows {
    context.checkQueries(items.columns)
    let found = search.search(context.queries, count: size)
    guard found.rows.count == context.rows * size else {
      fatalError("sampling: the scores of a query with the items are not finite")
    }
    return found
  }
}
