public import CorralData
public import CorralIndex
package import Torch

/// A trained ranker that serves: the same network, its parameters never changed again.
public struct FrozenRanker: CandidateScorer {
  /// The shape of the ranker.
  public let settings: RankerSettings
  /// The heads beside the main one.
  package let heads: [HeadSettings]
  /// What the heads make of a candidate.
  package let score: ServedScore
  /// What its scores are added to; `nil` where they stand alone.
  public let stacked: StackedRetriever?
  /// The users, items and contexts that it knows.
  public let catalogue: Catalogue
  private let network: Frozen<any Ranker>

  /// The ranker of some stored parameters, by the constructor that made it for training.
  ///
  /// Throws `TorchError` when the parameters are not those of these settings and this catalogue.
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

  /// The score of every candidate of some requests, aligned with `candidates.values`: one row of
  /// candidates a query.
  public func scores(_ candidates: Ragged<ItemIndex>, for queries: QueryBatch) -> [Float] {
    parts(of: candidates, for: queries).sum(stacked?.weight ?? 0)
  }

  /// The ranker's own scores of candidates, without those of the retriever.
  package func ownScores(_ candidates: Ragged<ItemIndex>, for queries: QueryBatch) -> [Float] {
    network { $0.scores(candidates, for: queries, as: score, heads: heads) }
  }

  /// What those scores are the sum of.
  package func parts(of candidates: Ragged<ItemIndex>, for queries: QueryBatch) -> ScoreParts {
    ScoreParts(
      own: ownScores(candidates, for: queries),
      retriever: stacked?.model.scores(candidates, for: queries))
  }

  /// One score a candidate for one request, whose unknown items and user are left out.
  ///
  /// Throws `ModelsError.nothingKnown` where nothing is left of the user and the history, and
  /// `ModelsError.unknownCandidate` for an item that the ranker has no row for.
  public func scores(_ candidates: [ItemIndex], for query: Query) throws -> [Float] {
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
