public import CorralData
public import CorralVectors

/// What negatives are drawn for: one row for each query, or a single row for a whole batch.
///
/// Samplers that ignore the query look at the number of rows only. Those that follow it (an inverted
/// multi-index, a partition) read the vectors or the targets.
public struct SamplingContext: Sendable {
  /// The number of rows that get their own negatives.
  public let rows: Int
  /// The query vectors, `[rows, dimension]`; no columns where nobody looked at the queries.
  public let queries: Matrix
  /// The positive item of each row; empty where nobody said.
  public let targets: [ItemIndex]

  /// One row that every query of a batch shares, as in mixed negative sampling.
  public static let batch = SamplingContext(rows: 1)

  /// Rows about which nothing is known but their number.
  public init(rows: Int) {
    self.init(rows: rows, queries: Matrix(rows: rows, columns: 0), targets: [])
  }

  /// One row for each query vector, and the positive of each where it matters.
  public init(queries: Matrix, targets: [ItemIndex] = []) {
    self.init(rows: queries.rows, queries: queries, targets: targets)
  }

  /// One row for each positive item.
  public init(targets: [ItemIndex]) {
    let rows = targets.count
    self.init(rows: rows, queries: Matrix(rows: rows, columns: 0), targets: targets)
  }

  private init(rows: Int, queries: Matrix, targets: [ItemIndex]) {
    guard targets.isEmpty || targets.count == rows else {
      fatalError("a sampling context of \(rows) rows has no place for \(targets.count) targets")
    }
    self.rows = rows
    self.queries = queries
    self.targets = targets
  }
}
