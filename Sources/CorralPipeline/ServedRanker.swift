import CorralData
import CorralModels
import CorralServing

/// A ranker whose scores are added to those of the retriever that found the candidates.
struct ServedRanker: CandidateRanker {
  let prepared: PreparedRanker
  /// What the retriever's scores have besides, which the ranker was not trained with.
  let prior: ServingPrior?

  func scores(
    _ candidates: Ragged<ItemIndex>, retrieved: [Float], for queries: QueryBatch
  ) throws -> [Float] {
    let own = prepared.ownScores(candidates, for: queries)
    guard let weight = prepared.ranker.stacked?.weight else { return own }
    return own.indices.map { place in
      let item = candidates.values[place].position
      return own[place] + weight * (retrieved[place] - (prior?.coordinates[item] ?? 0))
    }
  }
}
