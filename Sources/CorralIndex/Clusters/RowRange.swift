import CorralData
import CorralVectors

/// Compares a query with a range of the rows of a matrix: item `i` is row `i` of the range.
struct RowRange: CandidateIndex {
  /// The search over all rows.
  let search: InnerProductSearch
  /// The rows.
  let rows: Range<Int>

  /// An index over a range of rows, which are not copied.
  init(_ search: InnerProductSearch, _ rows: Range<Int>) {
    self.search = search
    self.rows = rows
  }

  var isExact: Bool { true }
  var count: Int { rows.count }
  var dimension: Int { search.matrix.columns }

  func search(
    _ query: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    let first = rows.lowerBound
    let found = search.search(query, in: rows, count: count) { isAllowed(ItemIndex($0 - first)) }
    return zip(found.rows, found.scores).map {
      Candidate(item: ItemIndex(Int($0) - first), score: $1)
    }
  }
}
