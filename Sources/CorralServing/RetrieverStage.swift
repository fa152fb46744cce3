package import CorralData
package import CorralIndex
package import CorralVectors

/// The retriever of a recommender: it encodes requests and finds candidates among all items.
package struct RetrieverStage: Sendable {
  /// How candidates are found.
  package enum Search: Sendable {
    /// An index over the vectors of items, `[items, dimension]`, is searched by those of a query.
    case index(BuiltIndex, items: Matrix)
    /// Each cluster of the catalogue is searched for its share of the list.
    case clusters(DividedSearch, items: Matrix)
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
  /// Places items that the model does not have; `nil` for a model that cannot.
  package let placing: (any ItemPlacing)?
  private let encoder: Encoder

  /// A stage that searches, with what is known of its items.
  ///
  /// Only an index can be searched beside items that `placing` places.
  package init(
    _ search: Search, placed: PlacedItems, scoredBy: ScoredBy, similarity: ItemSimilarity?,
    placing: (any ItemPlacing)? = nil, encoder: @escaping Encoder
  ) {
    if case .index = search { self.placing = placing } else { self.placing = nil }
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
    /// `[interests, dimension]`, or those of each cluster one after the other; `nil` for models that
    /// score every item.
    package let vectors: Matrix?
    /// How probable it is that the user chooses from each cluster, `[clusters]`; empty without clusters.
    package let shares: [Float]
    /// How much the shares matter; `nil` leaves it to the model.
    package var alpha: Double?
    /// How many places clusters share out at a time; `nil` for the whole list.
    package var block: Int?

    init(query: Query, vectors: Matrix?, shares: [Float] = []) {
      self.query = query
      self.vectors = vectors
      self.shares = shares
    }
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
    if case .everyItem = search {
      return zip(queries, isKnown).map { $1 ? Encoded(query: $0, vectors: nil) : nil }
    }
    let known = queries.indices.filter { isKnown[$0] }
    if known.isEmpty { return queries.map { _ in nil } }
    let batch = QueryBatch(
      users: known.map { queries[$0].user },
      histories: Ragged(known.lazy.map { queries[$0].history }))
    var shares = Matrix(rows: known.count, columns: 0)
    let vectors: Matrix
    if case .clusters(let divided, _) = search {
      (vectors, shares) = try divided.encoder(batch)
    } else {
      vectors = try encoder(batch)
    }
    let each = vectors.rows / known.count
    var encoded = [Encoded?](repeating: nil, count: queries.count)
    for (row, position) in known.enumerated() {
      let own = vectors.gathered(row * each..<(row + 1) * each)
      if own.values.contains(where: { $0 != 0 }) || scoredBy == .nothing {
        encoded[position] = Encoded(
          query: queries[position], vectors: own, shares: Array(shares[row]))
      }
    }
    return encoded
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
      scores = { matrix.best(of: $0, by: vectors, 0..<vectors.rows) }
    case .clusters(let divided, let matrix):
      guard let vectors = encoded.vectors else { return items.map { _ in -.infinity } }
      scores = { matrix.best(of: $0, by: vectors, divided.rows(for: $0, of: vectors.rows)) }
    }
    return items.map { placed.contains($0) ? scores($0) : -.infinity }
  }
}

extension Matrix {
  /// The largest inner product of an item with some of the vectors of a query.
  fileprivate func best(of item: ItemIndex, by vectors: Matrix, _ rows: Range<Int>) -> Float {
    rows.map { innerProduct(of: item.position, with: vectors[$0]) }.max() ?? -.infinity
  }

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
