package import CorralData
package import CorralIndex

/// Orders candidates: the ranker of a recommender.
package protocol CandidateRanker: Sendable {
  /// The score of every candidate of some requests, aligned with `candidates.values`.
  ///
  /// - Parameters:
  ///   - candidates: the candidates, one row for each request.
  ///   - retrieved: the retriever's scores of them, for a ranker whose scores are added to those.
  ///   - queries: the requests.
  /// - Returns: one score a candidate; the larger, the better.
  /// - Throws: what keeps the ranker from scoring the requests.
  func scores(
    _ candidates: Ragged<ItemIndex>, retrieved: [Float], for queries: QueryBatch
  ) throws -> [Float]
}

/// The ranker of a recommender, and how many candidates it orders.
package struct RankerStage: Sendable {
  package let ranker: any CandidateRanker
  /// How many candidates the retriever hands over for one request.
  package let candidates: Int
  /// The names and the vocabularies of the context that the ranker reads.
  package let context: ContextTable

  /// A stage that orders some candidates of each request.
  package init(_ ranker: any CandidateRanker, candidates: Int, context: ContextTable) {
    self.ranker = ranker
    self.candidates = candidates
    self.context = context
  }

  /// The best candidates of each request by the ranker; equal ones stay in the retriever's order.
  ///
  /// Items that the retriever cannot place come last, as in evaluation.
  func ranked(
    _ found: [[Candidate]], for queries: [Query], placed: PlacedItems, counts: [Int]
  ) throws -> [[Candidate]] {
    let scores = try scores(found, for: queries, placed: placed)
    var start = 0
    return zip(found, counts).map { candidates, count in
      let own = scores[start..<start + candidates.count]
      start += candidates.count
      return RadixSort.bestFirst(own).prefix(count).map {
        Candidate(item: candidates[$0].item, score: own[own.startIndex + $0])
      }
    }
  }

  /// The ranker's scores of candidates; minus infinity for those that the retriever cannot place.
  package func scores(
    _ found: [[Candidate]], for queries: [Query], placed: PlacedItems
  ) throws -> [Float] {
    let context =
      queries.contains { !$0.context.isEmpty }
      ? ContextTable(rows: queries.map(\.context), of: context) : ContextTable()
    let batch = QueryBatch(
      users: queries.map(\.user), histories: Ragged(queries.lazy.map(\.history)), context: context)
    let flat = found.flatMap(\.self)
    let scores = try ranker.scores(
      Ragged(found.lazy.map { $0.map(\.item) }), retrieved: flat.map(\.score), for: batch)
    return zip(flat, scores).map { placed.contains($0.item) ? $1 : -.infinity }
  }
}

extension ContextTable {
  /// The contexts of some requests, one row each; unknown for a request without context.
  fileprivate init(rows: [ContextTable], of schema: ContextTable) {
    if rows.count == 1 {
      self = rows[0]
      return
    }
    self.init(
      count: rows.count,
      columns: schema.columns.map { column in
        ContextColumn(
          name: column.name,
          values: {
            switch column.values {
            case .categories(_, let vocabulary):
              .categories(
                rows.map { row in
                  if case .categories(let positions, _) = row[column.name]?.values {
                    positions.first ?? -1
                  } else {
                    -1
                  }
                }, vocabulary: vocabulary)
            case .numbers:
              .numbers(
                rows.map { row in
                  if case .numbers(let numbers) = row[column.name]?.values {
                    numbers.first ?? .nan
                  } else {
                    .nan
                  }
                })
            }
          }())
      })
  }
}
