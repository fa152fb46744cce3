package import CorralData
import Torch

/// What the scores of a ranker are added to: those of the retriever that found the candidates, times a
/// weight.
///
/// A ranker that was trained so knows what its retriever misses, and nothing that it knows.
public struct StackedRetriever: Sendable {
  /// The retriever.
  public let model: FrozenRetriever
  /// What its scores are multiplied by.
  public let weight: Float

  /// A retriever whose scores count with a weight.
  public init(_ model: FrozenRetriever, weight: Float) {
    self.model = model
    self.weight = weight
  }
}

/// What the scores of candidates are the sum of.
package struct ScoreParts {
  /// The ranker's.
  let own: [Float]
  /// The retriever's, before its weight; `nil` where the ranker stands alone.
  let retriever: [Float]?

  /// Scores of a ranker, and those of the retriever before its weight.
  package init(own: [Float], retriever: [Float]?) {
    self.own = own
    self.retriever = retriever
  }

  /// The scores with a weight of the retriever's.
  package func sum(_ weight: Float) -> [Float] {
    guard let retriever else { return own }
    return zip(own, retriever).map { $0 + weight * $1 }
  }
}

extension FrozenRetriever {
  /// The score of every candidate of some requests, aligned with `candidates.values`: one row of
  /// candidates a query, of any lengths; the prior, which is for retrieval, is not added.
  package func scores(_ candidates: Ragged<ItemIndex>, for queries: QueryBatch) -> [Float] {
    network { retriever in
      candidates.scored(for: queries) { retriever.scores($0, .inference) }
    }
  }
}

extension Retriever {
  /// The score of every candidate, `[batch, candidates]`, by the best of its query's interests.
  func scores(_ batch: CandidateBatch, _ phase: Phase) -> Tensor {
    let rows = CandidateRows(batch, device: device)
    let own = rows.spread(items(rows.items, phase))
    let queries = queries(batch.queries, phase)
    if queries.rank == 2 { return scores(queries, own) }
    return (0..<interests).map { scores(queries.select(1, $0), own) }
      .reduce(nil) { best, next in best.map { maximum($0, next) } ?? next } ?? own
  }
}
