package import CorralData
package import CorralIndex
package import CorralServing
package import CorralVectors

/// A recommender of random vectors, whose query is the mean of the vectors of the history.
///
/// Its users are `u0`, `u1` and so on, its items `i0`, `i1` and so on. Every third user has no
/// history. Item `n` is of the genre `n % 3` of drama, comedy and war, and of the year `1990 + n % 40`.
package struct SmallCatalogue: Sendable {
  package var items: Int
  package var users: Int
  package var seed: UInt64
  package var index: IndexSettings.Kind
  /// How many clusters are searched, item `n` in cluster `n` modulo their number; 0 for an ordinary
  /// search.
  ///
  /// A user chooses from a cluster in proportion to one more than the items of the history in it, of
  /// which each counts a tenth more than the one before.
  package var clusters: Int
  /// Every how many-th item training never met; 0 for none.
  package var unplacedEvery: Int
  /// Whether vectors follow from genre and year, and the model places what it does not have by them.
  package var placesByFeatures: Bool
  package var ranker: (any CandidateRanker)?
  package var candidates: Int
  /// What the titles of all items begin with.
  package var title: String
  /// What the ids of all items begin with.
  package var prefix: String

  /// A catalogue with its vectors drawn from a seed.
  package init(
    items: Int = 60, users: Int = 40, seed: UInt64 = 7, index: IndexSettings.Kind = .exact,
    clusters: Int = 0, unplacedEvery: Int = 0, placesByFeatures: Bool = false,
    ranker: (any CandidateRanker)? = nil,
    candidates: Int = 20,
    title: String = "Title", prefix: String = "i"
  ) {
    self.items = items
    self.users = users
    self.seed = seed
    self.index = index
    self.clusters = clusters
    self.unplacedEvery = unplacedEvery
    self.placesByFeatures = placesByFeatures
    self.ranker = ranker
    self.candidates = candidates
    self.title = title
    self.prefix = prefix
  }

  /// The recommender; two of the same catalogue are alike.
  package func recommender() throws -> Recommender {
    var random = SeededGenerator(seed: seed)
    var vectors = Matrix(
      rows: items, columns: 8, values: (0..<items * 8).map { _ in Float(random.uniform()) - 0.5 })
    let placing = placesByFeatures ? PlantedPlacing(own: vectors) : nil
    if let placing {
      vectors = placing.itemVectors((0..<items).map(ItemIndex.init), describedBy: features)
    }
    let placed = PlacedItems(
      (0..<items).map { unplacedEvery == 0 || $0 % unplacedEvery != 0 })
    let histories = Ragged(
      (0..<users).map { user in
        (0..<(user % 3 == 0 ? 0 : user % 7 + 1)).map { _ in ItemIndex(random.next(below: items)) }
      })
    var counts = [Int](repeating: 0, count: items)
    for item in histories.values { counts[item.position] += 1 }
    var settings = IndexSettings()
    settings.kind = index
    settings.clusters = 3
    let stage = RetrieverStage(
      try search(vectors, settings), placed: placed,
      scoredBy: .history, similarity: ItemSimilarity(vectors, placed: placed),
      placing: placing, encoder: { [vectors] batch in Self.means(of: batch, vectors) })
    return Recommender(
      kind: "mean", users: Vocabulary((0..<users).map { "u\($0)" }),
      items: Vocabulary((0..<items).map { "\(prefix)\($0)" }),
      titles: Texts((0..<items).map { "\(title) \($0)" }), histories: histories,
      itemFeatures: features, counts: counts, retriever: stage,
      ranker: ranker.map {
        RankerStage($0, candidates: candidates, context: ContextTable())
      },
      cost: Recommender.OpeningCost(seconds: 0, bytes: 0))
  }
}

extension SmallCatalogue {
  private var features: FeatureTable {
    FeatureTable(
      count: items,
      columns: [
        FeatureColumn(
          name: "genre",
          values: .categories(
            Ragged((0..<items).map { [Int32($0 % 3)] }),
            vocabulary: Vocabulary(["drama", "comedy", "war"]))),
        FeatureColumn(name: "year", values: .numbers((0..<items).map { Float(1990 + $0 % 40) })),
      ])
  }

  /// The mean of the vectors of each history.
  private static func means(of batch: QueryBatch, _ vectors: Matrix) -> Matrix {
    var queries = Matrix(rows: batch.count, columns: vectors.columns)
    for row in 0..<batch.count {
      let history = batch.histories[row]
      for item in history {
        for (column, value) in vectors[item.position].enumerated() {
          queries[row, column] += value / Float(history.count)
        }
      }
    }
    return queries
  }

  private func search(
    _ vectors: Matrix, _ settings: IndexSettings
  ) throws -> RetrieverStage.Search {
    guard clusters > 0 else {
      return .index(try BuiltIndex(vectors, settings: settings), items: vectors)
    }
    let partition = Partition(
      clusters: (0..<items).map { Int32($0 % clusters) }, count: clusters)
    let index = try PartitionedIndex(vectors, partition: partition, settings: settings)
    return .clusters(
      DividedSearch(
        index, isPerCluster: false, rule: QuotaRule(), names: (0..<clusters).map { "c\($0)" }
      ) { batch in
        var shares = Matrix(rows: batch.count, columns: partition.count)
        for row in 0..<batch.count {
          var weights = [Float](repeating: 1, count: partition.count)
          var weight: Float = 1
          for cluster in partition.clusters(of: Array(batch.histories[row])) {
            weights[Int(cluster)] += weight
            weight *= 1.1
          }
          let whole = weights.reduce(0, +)
          for (cluster, weight) in weights.enumerated() { shares[row, cluster] = weight / whole }
        }
        return (Self.means(of: batch, vectors), shares)
      }, items: vectors)
  }
}

/// Places items by genre and year: each genre has a direction of its own, and the year another; the items
/// of the model have a twentieth of their own vectors besides.
package struct PlantedPlacing: ItemPlacing {
  let own: Matrix

  package func itemVectors(_ items: [ItemIndex?], describedBy features: FeatureTable) -> Matrix {
    var vectors = Matrix(rows: items.count, columns: own.columns)
    for (row, item) in items.enumerated() {
      if let item {
        for (column, value) in own[item.position].enumerated() { vectors[row, column] = value / 20 }
      }
      if case .categories(let rows, _) = features["genre"]?.values {
        for genre in rows[row] { vectors[row, Int(genre)] += 1 / Float(rows[row].count) }
      }
      if case .numbers(let years) = features["year"]?.values, years[row].isFinite {
        vectors[row, 3] += (years[row] - 2010) / 1000
      }
    }
    return vectors
  }
}

/// Orders candidates by their positions, the last item of the catalogue first.
package struct LastFirst: CandidateRanker {
  /// The order.
  package init() {}

  package func scores(
    _ candidates: Ragged<ItemIndex>, retrieved: [Float], for queries: QueryBatch
  ) -> [Float] {
    candidates.values.map { Float($0.position) }
  }
}

extension Recommendations {
  /// The ids of the items.
  package var ids: [String] { items.map(\.id) }
}
