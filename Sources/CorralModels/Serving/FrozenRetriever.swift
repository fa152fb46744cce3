package import CorralData
public import CorralIndex
package import CorralVectors
package import Torch

/// A trained retriever that serves: its parameters never change again.
public struct FrozenRetriever: QueryEncoder {
  /// The shape of the retriever.
  package let settings: RetrieverSettings
  /// The users and items that it knows.
  package let catalogue: Catalogue
  /// The item prior that is added to scores; `nil` for scores as training made them.
  package private(set) var prior: ServingPrior?
  /// The items that it can place: those that training met, and those with known features.
  package let placed: PlacedItems
  let network: Frozen<any Retriever>

  /// The retriever of some stored parameters.
  ///
  /// Throws `TorchError` if the parameters are not those of these settings and this catalogue.
  package init(
    _ settings: RetrieverSettings, for catalogue: Catalogue, stored: [String: StoredTensor],
    prior: ServingPrior? = nil, placed: PlacedItems = .all
  ) throws {
    self.settings = settings
    self.catalogue = catalogue
    self.prior = prior
    self.placed = placed
    network = try Frozen(stored) { try settings.network(for: catalogue, in: $0) }
    checkPrior()
  }

  private func checkPrior() {
    if let prior, prior.coordinates.count != catalogue.items.count {
      fatalError(
        "FrozenRetriever: a prior of \(prior.coordinates.count) items for \(catalogue.items.count)")
    }
  }

  /// The number of elements of a vector that an index holds: the width, and one for a prior.
  package var dimension: Int { network { $0.width } + (prior == nil ? 0 : 1) }

  /// The number of vectors of a query; the one that likes an item best scores it.
  package var interests: Int { network { $0.interests } }

  /// Whether scores are inner products, so that an index can search by them; if they are not,
  /// `candidates(for:count:where:)` scores every item.
  package var isInnerProduct: Bool { network { $0.isInnerProduct } }

  /// The learned multiplier of scores; `nil` if none is learned.
  package var scale: Float? { network { $0.scale?.item() } }

  /// The same retriever with a prior.
  package func adding(_ prior: ServingPrior) -> FrozenRetriever {
    var copy = self
    copy.prior = prior
    copy.checkPrior()
    return copy
  }

  /// The number of trained numbers.
  package var parameterCount: Int { network.parameterCount }

  /// The parameters by name, to be saved.
  package var stored: [String: StoredTensor] { network.stored }

  /// The vectors of all items, `[items, dimension]`, for an index.
  package func itemVectors() -> Matrix {
    let vectors = network { $0.itemMatrix(count: catalogue.items.count) }
    return prior.map { vectors.appending($0.coordinates) } ?? vectors
  }

  /// The vectors of many queries, `[queries * interests, dimension]`, those of a query one after
  /// the other.
  ///
  /// A retriever with tasks gives the vectors of the clusters that the batch names; without them,
  /// those of queries that are not told a cluster.
  package func vectors(for batch: QueryBatch) -> Matrix {
    vectors(count: batch.count) { batch[$0] }
  }

  /// The vectors of `count` queries, of which the body gives a range at a time.
  func vectors(count: Int, of queries: @Sendable (Range<Int>) -> QueryBatch) -> Matrix {
    // libtorch's own threads would go on spinning while others search.
    let parts = Parallel.map(count, grain: 64) { rows in
      network(isAlone: true) { $0.queryMatrix(queries(rows)) }
    }
    let vectors =
      parts.count == 1
      ? parts[0]
      : Matrix(
        rows: parts.reduce(0) { $0 + $1.rows }, columns: network { $0.width },
        values: parts.flatMap(\.values))
    return prior == nil ? vectors : vectors.appending([Float](repeating: 1, count: vectors.rows))
  }

  /// The scores of all items for many queries, `[queries, items]`, the prior added.
  package func scores(for batch: QueryBatch) -> Matrix {
    var scores = network { $0.scoreMatrix(batch, count: catalogue.items.count) }
    guard let prior else { return scores }
    for row in 0..<scores.rows {
      for (item, coordinate) in prior.coordinates.enumerated() { scores[row, item] += coordinate }
    }
    return scores
  }

  /// The vector of one request to a model with one interest.
  ///
  /// Throws `ModelsError.noSingleVector` for a model with several interests, and as
  /// `vectors(for:)`.
  package func vector(for query: Query) throws -> [Float] {
    let vectors = try vectors(for: query)
    if vectors.rows > 1 {
      throw ModelsError.noSingleVector(
        kind: settings.name, advice: "ask for its \(vectors.rows) vectors(for:)")
    }
    return vectors.values
  }

  /// The vectors of one request, `[interests, dimension]`, to search an index with.
  ///
  /// Throws `ModelsError.nothingKnown` without a known user and without an item in the history that
  /// the model can place, and `ModelsError.noSingleVector` if scores are not inner products: an
  /// index would find other items.
  package func vectors(for query: Query) throws -> Matrix {
    guard isInnerProduct else {
      throw ModelsError.noSingleVector(
        kind: settings.name,
        advice: "its scores are no inner products, so that no index can search by them; ask for "
          + "candidates(for:count:where:), which scores every item")
    }
    return vectors(for: try batch(of: query))
  }

  /// The best `count` allowed items for one request; items that the model cannot place come last.
  ///
  /// Throws `ModelsError.nothingKnown` as `vectors(for:)` does. Costs the scores of the whole
  /// catalogue; if scores are inner products, an index finds the same items.
  package func candidates(
    for query: Query, count: Int, where isAllowed: (ItemIndex) -> Bool = { _ in true }
  ) throws -> [Candidate] {
    var best = TopK(count)
    for (position, score) in try scores(for: query).enumerated() {
      let item = ItemIndex(position)
      if placed.contains(item), isAllowed(item) { best.insert(position, score: score) }
    }
    let found = best.sorted().map { Candidate(item: ItemIndex($0.index), score: $0.score) }
    return found + placed.candidates(after: found.count, of: count, where: isAllowed)
  }

  /// The scores of all items for one request; throws as `candidates(for:count:where:)` does.
  package func scores(for query: Query) throws -> [Float] {
    scores(for: try batch(of: query)).values
  }

  /// A request without the users and items that the model does not know.
  private func batch(of query: Query) throws -> QueryBatch {
    let users = catalogue.users.count
    let items = catalogue.items.count
    let user = query.user.flatMap { $0.position < users ? $0 : nil }
    let history = query.history.filter { $0.position < items }
    // A history of items that training never met says as little as none.
    if user == nil && !history.contains(where: placed.contains) { throw ModelsError.nothingKnown }
    return QueryBatch(users: [user], histories: Ragged([history]))
  }
}

extension Matrix {
  /// The matrix with one more column.
  fileprivate func appending(_ column: [Float]) -> Matrix {
    var values: [Float] = []
    values.reserveCapacity(rows * (columns + 1))
    for row in 0..<rows {
      values += self[row]
      values.append(column[row])
    }
    return Matrix(rows: rows, columns: columns + 1, values: values)
  }
}
