package import CorralData
package import CorralIndex
package import CorralVectors

/// The retriever of a recommender: it encodes requests and finds candidates among all items.
package struct RetrieverStage: Sendable {
  /// How candidates are found.
  package enum Search: Sendable {
    /// An index over the vectors of items, `[items, dimension]`, is searched by those of a query.
    case index(BuiltIndex, items: Matrix)
    /// Every item is scored, for models whose scores are no inner products.
    case everyItem(any CatalogueScorer)
  }

  /// Makes the vectors of a batch of requests, `[requests * interests, dimension]`.
  package typealias Encoder = @Sendable (QueryBatch) throws -> Matrix

  package let search: Search
  /// The items that the model can place; it knows nothing about the others, which come last.
  package let placed: PlacedItems
  /// Which parts of a request decide the scores.
  package let scoredBy: ScoredBy
  /// What is like what; `nil` for popularity, which has no vectors of items.
  package let similarity: ItemSimilarity?
  private let encoder: Encoder

  /// A stage that searches, with what is known of its items.
  package init(
    _ search: Search, placed: PlacedItems, scoredBy: ScoredBy, similarity: ItemSimilarity?,
    encoder: @escaping Encoder
  ) {
    self.search = search
    self.placed = placed
    self.scoredBy = scoredBy
    self.similarity = similarity
    self.encoder = encoder
  }
}

/// Scores every item for a request: a retriever whose scores are no inner products.
package protocol CatalogueScorer: Sendable {
  /// The best `count` allowed items; items that the model cannot place come last.
  func candidates(
    for query: Query, count: Int, where isAllowed: (ItemIndex) -> Bool
  ) throws -> [Candidate]

  /// The scores of all items, `[items]`.
  func scores(for query: Query) throws -> [Float]
}

extension RetrieverStage {
  /// A request that the model can score, and the vectors that it is searched with.
  package struct Encoded: Sendable {
    let query: Query
    /// `[interests, dimension]`; `nil` for models that score every item.
    let vectors: Matrix?
  }

  /// The vectors of some requests; `nil` for a request that the model's scores say nothing about.
  ///
  /// Scores follow from a user that the model reads, or from an item of the history that it can
  /// place. A vector of zeros scores all items alike.
  package func encoded(_ queries: [Query]) throws -> [Encoded?] {
    let isKnown = queries.map { query in
      scoredBy == .nothing || (query.user != nil && scoredBy.readsUser)
        || query.history.contains(where: placed.contains)
    }
    guard case .index = search else {
      return zip(queries, isKnown).map { $1 ? Encoded(query: $0, vectors: nil) : nil }
    }
    let known = queries.indices.filter { isKnown[$0] }
    if known.isEmpty { return queries.map { _ in nil } }
    let vectors = try encoder(
      QueryBatch(
        users: known.map { queries[$0].user },
        histories: Ragged(known.lazy.map { queries[$0].history })))
    let interests = vectors.rows / known.count
    var encoded = [Encoded?](repeating: nil, count: queries.count)
    for (row, position) in known.enumerated() {
      let own = vectors.gathered(row * interests..<(row + 1) * interests)
      if own.values.contains(where: { $0 != 0 }) || scoredBy == .nothing {
        encoded[position] = Encoded(query: queries[position], vectors: own)
      }
    }
    return encoded
  }

  /// The best `count` allowed items for a request, on the calling thread.
  ///
  /// Items that the model cannot place come last, with a score of minus infinity.
  func candidates(
    for encoded: Encoded, count: Int, where isAllowed: (ItemIndex) -> Bool
  ) throws -> [Candidate] {
    switch search {
    case .everyItem(let scorer):
      return try scorer.candidates(for: encoded.query, count: count, where: isAllowed)
    case .index(let index, _):
      guard let vectors = encoded.vectors else { return [] }
      return index.search(anyOf: vectors, count: count, placed: placed, where: isAllowed)
    }
  }

  /// The scores of some items for a request; minus infinity for items that the model cannot place.
  package func scores(of items: [ItemIndex], for encoded: Encoded) throws -> [Float] {
    let scores: (ItemIndex) -> Float
    switch search {
    case .everyItem(let scorer):
      let all = try scorer.scores(for: encoded.query)
      scores = { all[$0.position] }
    case .index(_, let matrix):
      guard let vectors = encoded.vectors else { return items.map { _ in -.infinity } }
      scores = { item in
        (0..<vectors.rows).map { matrix.innerProduct(of: item.position, with: vectors[$0]) }.max()
          ?? -.infinity
      }
    }
    return items.map { placed.contains($0) ? scores($0) : -.infinity }
  }
}

extension Matrix {
  /// The inner product of a row with a query.
  fileprivate func innerProduct(of row: Int, with query: ArraySlice<Float>) -> Float {
    query.withUnsafeBufferPointer { query in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 1) { product in
        innerProducts(of: row..<row + 1, with: query, into: product)
        return product[0]
      }
    }
  }
}
