package import CorralData
package import CorralIndex
package import Torch

/// A trained ranker that serves: its parameters never change again.
public struct FrozenRanker: Sendable {
  /// The shape of the ranker.
  package let settings: RankerSettings
  /// The further heads.
  package let heads: [HeadSettings]
  /// How the outputs of the heads become one score.
  package let score: ServedScore
  /// The retriever whose scores are added; `nil` if the ranker stands alone.
  package let stacked: StackedRetriever?
  /// The users, items and contexts that it knows.
  package let catalogue: Catalogue
  let network: Frozen<any Ranker>

  /// The ranker of some stored parameters.
  ///
  /// Throws `TorchError` if the parameters are not those of these settings and this catalogue.
  package init(
    _ settings: RankerSettings, heads: [HeadSettings] = [], score: ServedScore = .main,
    for catalogue: Catalogue, stored: [String: StoredTensor], over stacked: StackedRetriever? = nil
  ) throws {
    self.settings = settings
    self.stacked = stacked
    self.heads = heads
    self.score = score
    self.catalogue = Catalogue(
      users: catalogue.users, items: catalogue.items, context: catalogue.context.schema)
    network = try Frozen(stored) { [catalogue = self.catalogue] in
      try settings.network(tasks: 1 + heads.count, for: catalogue, in: $0)
    }
  }

  /// The number of trained numbers.
  package var parameterCount: Int { network.parameterCount }

  /// The parameters by name, to be saved.
  package var stored: [String: StoredTensor] { network.stored }

  /// The score of every candidate, aligned with `candidates.values`; each query has a row of any
  /// length.
  package func scores(_ candidates: Ragged<ItemIndex>, for queries: QueryBatch) -> [Float] {
    parts(of: candidates, for: queries).sum(stacked?.weight ?? 0)
  }

  /// The ranker's own scores of candidates, without those of the retriever.
  package func ownScores(_ candidates: Ragged<ItemIndex>, for queries: QueryBatch) -> [Float] {
    network(isAlone: queries.count == 1) {
      $0.scores(candidates, for: queries, as: score, heads: heads)
    }
  }

  /// What those scores are the sum of.
  package func parts(of candidates: Ragged<ItemIndex>, for queries: QueryBatch) -> ScoreParts {
    ScoreParts(
      own: ownScores(candidates, for: queries),
      retriever: stacked?.model.scores(candidates, for: queries))
  }

  /// The score of every candidate of one request, whose unknown user and items are left out.
  ///
  /// Throws `ModelsError.nothingKnown` if neither a user nor a history is left, and
  /// `ModelsError.unknownCandidate` for an item that is not of the catalogue.
  package func scores(_ candidates: [ItemIndex], for query: Query) throws -> [Float] {
    let (users, items) = (catalogue.users.count, catalogue.items.count)
    if let stranger = candidates.first(where: { !(0..<items).contains($0.position) }) {
      throw ModelsError.unknownCandidate(stranger.position, items: items)
    }
    let user = query.user.flatMap { $0.position < users ? $0 : nil }
    let history = query.history.filter { $0.position < items }
    if user == nil && history.isEmpty { throw ModelsError.nothingKnown }
    let batch = QueryBatch(
      users: [user], histories: Ragged([history]), context: query.context)
    return scores(Ragged([candidates]), for: batch)
  }
}
