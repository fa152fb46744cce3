package import CorralData
package import CorralIndex
package import CorralVectors
package import Testing

/// A search by definition: the inner products of all allowed items, sorted by the rule and cut off.
package func sortedSearch(
  _ items: Matrix, _ query: [Float], count: Int,
  where isAllowed: (ItemIndex) -> Bool = { _ in true }
) -> [Candidate] {
  let scored = (0..<items.rows).map { row in
    Candidate(
      item: ItemIndex(row), score: zip(items[row], query).reduce(0) { $0 + $1.0 * $1.1 })
  }
  let sorted = scored.filter { isAllowed($0.item) && $0.score > -.infinity }
    .sorted { ($1.score, $0.item) < ($0.score, $1.item) }
  return Array(sorted.prefix(count))
}

/// Creates a matrix of small whole numbers, whose inner products have no rounding and many ties.
package func wholeNumbers(
  rows: Int, columns: Int, below bound: Int = 4, seed: UInt64 = 1
) -> Matrix {
  var generator = SeededGenerator(seed: seed)
  let values = (0..<rows * columns).map { _ in Float(generator.next(below: bound) - bound / 2) }
  return Matrix(rows: rows, columns: columns, values: values)
}

/// Creates a matrix of normally distributed numbers, whose inner products differ.
package func normalNumbers(rows: Int, columns: Int, seed: UInt64 = 1) -> Matrix {
  var generator = SeededGenerator(seed: seed)
  let values = (0..<rows * columns).map { _ in Float(generator.normal()) }
  return Matrix(rows: rows, columns: columns, values: values)
}

/// Checks what every candidate index promises, on small catalogues.
///
/// An approximate index must still find every item of a small catalogue, keep the order of results,
/// and never return fewer because of a filter.
package func expectIndexContract(
  sourceLocation: SourceLocation = #_sourceLocation,
  _ make: (Matrix) throws -> some CandidateIndex
) throws {
  let items = normalNumbers(rows: 300, columns: 12)
  let queries = normalNumbers(rows: 5, columns: 12, seed: 2)
  let index = try make(items)
  #expect(index.count == 300 && index.dimension == 12, sourceLocation: sourceLocation)

  for row in 0..<queries.rows {
    let query = Array(queries[row])
    // Count, order and scores.
    let found = index.search(query, count: 20) { _ in true }
    let twin = sortedSearch(items, query, count: 20)
    #expect(found.count == 20, sourceLocation: sourceLocation)
    #expect(isInOrder(found), sourceLocation: sourceLocation)
    for candidate in found {
      let score = zip(items[candidate.item.position], query).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(candidate.score - score) < 1e-4, sourceLocation: sourceLocation)
    }
    if index.isExact {
      #expect(found.map(\.item) == twin.map(\.item), sourceLocation: sourceLocation)
    }

    // The filter is applied inside the search: a strict one does not shorten the result.
    let strict = index.search(query, count: 20) { $0.position % 10 == 3 }
    let strictTwin = sortedSearch(items, query, count: 20) { $0.position % 10 == 3 }
    #expect(strict.count == 20, sourceLocation: sourceLocation)
    #expect(strict.allSatisfy { $0.item.position % 10 == 3 }, sourceLocation: sourceLocation)
    if index.isExact {
      #expect(strict.map(\.item) == strictTwin.map(\.item), sourceLocation: sourceLocation)
    }
    // All allowed items, if there are fewer than asked for.
    let few = index.search(query, count: 20) { [7, 100, 299].contains($0.position) }
    #expect(Set(few.map(\.item.position)) == [7, 100, 299], sourceLocation: sourceLocation)
    #expect(isInOrder(few), sourceLocation: sourceLocation)
    #expect(
      index.search(query, count: 20) { _ in false }.isEmpty, sourceLocation: sourceLocation)

    // More than the catalogue holds, and none.
    let all = index.search(query, count: 1000) { _ in true }
    #expect(
      all.map(\.item) == sortedSearch(items, query, count: 300).map(\.item),
      sourceLocation: sourceLocation)
    #expect(index.search(query, count: 0) { _ in true }.isEmpty, sourceLocation: sourceLocation)
  }

  // Equal scores are in order of item, and a cut among them keeps the first.
  let tied = try make(Matrix(rows: 40, columns: 2, values: (0..<80).map { Float($0 / 40) }))
  let ties = tied.search([1, 1], count: 40) { _ in true }
  #expect(
    ties.map(\.item.position) == Array(20..<40) + Array(0..<20), sourceLocation: sourceLocation)
  if index.isExact {
    let cut = tied.search([1, 1], count: 3) { _ in true }
    #expect(cut.map(\.item.position) == [20, 21, 22], sourceLocation: sourceLocation)
  }

  // A query that is not a number finds nothing; neither does one in an empty catalogue.
  let nothing = index.search([Float](repeating: .nan, count: 12), count: 5) { _ in true }
  #expect(nothing.isEmpty, sourceLocation: sourceLocation)
  let empty = try make(Matrix(rows: 0, columns: 3))
  #expect(empty.count == 0 && empty.dimension == 3, sourceLocation: sourceLocation)
  #expect(empty.search([1, 2, 3], count: 5) { _ in true }.isEmpty, sourceLocation: sourceLocation)
}

/// Whether candidates are in order of falling score, and of item where scores are equal.
private func isInOrder(_ candidates: [Candidate]) -> Bool {
  zip(candidates, candidates.dropFirst()).allSatisfy {
    $0.score > $1.score || ($0.score == $1.score && $0.item < $1.item)
  }
}
