import CorralData
import CorralIndex
import CorralServing
import CorralVectors

/// A recommender of random vectors.
///
/// Its users are `u0`, `u1` and so on, its items `i0`, `i1` and so on.
/// A query is the mean of the vectors of its history.
struct SmallCatalogue {
  var items = 60
  var dimension = 8
  var index = IndexSettings.Kind.exact
  /// Every how many-th item training never met; 0 for none.
  var unplacedEvery = 0
  var ranker: (any CandidateRanker)?

  func recommender(users: Int = 40) throws -> Recommender {
    var random = SeededGenerator(seed: 7)
    let vectors = Matrix(
      rows: items, columns: dimension,
      values: (0..<items * dimension).map { _ in Float(random.uniform()) - 0.5 })
    let placed = PlacedItems(
      (0..<items).map { unplacedEvery == 0 || $0 % unplacedEvery != 0 })
    let histories = Ragged(
      (0..<users).map { user in (0..<user % 7).map { _ in ItemIndex(random.next(below: items)) } })
    var counts = [Int](repeating: 0, count: items)
    for item in histories.values { counts[item.position] += 1 }
    var settings = IndexSettings()
    settings.kind = index
    settings.clusters = 3
    let stage = RetrieverStage(
      .index(try BuiltIndex(vectors, settings: settings), items: vectors), placed: placed,
      scoredBy: .history, similarity: ItemSimilarity(vectors, placed: placed),
      encoder: { batch in
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
      })
    return Recommender(
      kind: "mean", users: Vocabulary((0..<users).map { "u\($0)" }),
      items: Vocabulary((0..<items).map { "i\($0)" }),
      titles: Texts((0..<items).map { $0 % 2 == 0 ? "Title \($0)" : "" }), histories: histories,
      itemFeatures: FeatureTable(
        count: items,
        columns: [
          FeatureColumn(
            name: "genre",
            values: .categories(
              Ragged((0..<items).map { [Int32($0 % 3)] }),
              vocabulary: Vocabulary(["drama", "comedy", "war"]))),
          FeatureColumn(name: "year", values: .numbers((0..<items).map { Float(1990 + $0) })),
        ]), counts: counts, retriever: stage,
      ranker: ranker.map { RankerStage($0, candidates: 20, context: ContextTable()) },
      cost: Recommender.OpeningCost(seconds: 0, bytes: 0))
  }
}

/// Orders candidates by their positions, the last item of the catalogue first.
struct LastFirst: CandidateRanker {
  func scores(
    _ candidates: Ragged<ItemIndex>, retrieved: [Float], for queries: QueryBatch
  ) -> [Float] {
    candidates.values.map { Float($0.position) }
  }
}

extension Recommendations {
  /// The ids of the items.
  var ids: [String] { items.map(\.id) }
}
