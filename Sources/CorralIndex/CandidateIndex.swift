package import CorralData
package import CorralVectors

/// An item that a search found, and its score.
package struct Candidate: Sendable, Hashable {
  /// The item.
  package var item: ItemIndex
  /// Its inner product with the query: the larger, the better.
  package var score: Float

  /// An item with its score.
  package init(item: ItemIndex, score: Float) {
    self.item = item
    self.score = score
  }
}

/// Finds the items with the largest inner products with a query vector.
///
/// Results are in order of falling score; equal scores are in order of item. An index is an
/// immutable value: a changed catalogue is a new index.
package protocol CandidateIndex: Sendable {
  /// Whether a search always finds the best items.
  var isExact: Bool { get }

  /// The number of items.
  var count: Int { get }

  /// The number of elements of an item's vector, and of a query's.
  var dimension: Int { get }

  /// The best `count` allowed items, or all of them when fewer are allowed.
  ///
  /// The filter is asked during the search, so that it never shortens the result of an exact index.
  func search(_ query: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool) -> [Candidate]
}

extension CandidateIndex {
  /// The best `count` allowed items for a request to the model whose items the index holds.
  ///
  /// Items that the model cannot place come last. Throws the encoder's error if the model can say
  /// nothing about the request, or if no index can search by its scores.
  package func search(
    for query: Query, by encoder: some QueryEncoder, count: Int,
    where isAllowed: (ItemIndex) -> Bool
  ) throws -> [Candidate] {
    search(
      anyOf: try encoder.vectors(for: query), count: count, placed: encoder.placed,
      where: isAllowed)
  }

  /// The best `count` allowed items for a query of several vectors, `[interests, dimension]`.
  ///
  /// An item's score is its largest inner product with one of the vectors.
  ///
  /// Each vector is searched for on its own, and the lists are merged; an exact index stays exact.
  /// Allowed items that the model cannot place come after all others, with a score of minus infinity.
  package func search(
    anyOf vectors: Matrix, count: Int, placed: PlacedItems = .all,
    where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    let found = best(anyOf: vectors, count: count) { placed.contains($0) && isAllowed($0) }
    return found
      + placed.candidates(after: found.count, of: min(count, self.count), where: isAllowed)
  }

  private func best(
    anyOf vectors: Matrix, count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    if vectors.rows == 1 { return search(vectors.values, count: count, where: isAllowed) }
    let found = (0..<vectors.rows).flatMap {
      search(Array(vectors[$0]), count: count, where: isAllowed)
    }
    var met: Set<ItemIndex> = []
    let best = found.sorted { ($1.score, $0.item) < ($0.score, $1.item) }
      .filter { met.insert($0.item).inserted }
    return Array(best.prefix(max(0, count)))
  }
}

extension PlacedItems {
  /// The unplaced candidates that fill a list of `count` after `found` placed ones.
  ///
  /// Their score is minus infinity, because nothing is known about them.
  package func candidates(
    after found: Int, of count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    following(found, of: count, where: isAllowed)
      .map { Candidate(item: $0, score: -.infinity) }
  }
}
