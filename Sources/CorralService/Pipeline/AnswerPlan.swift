import CorralData
import CorralIndex
import CorralServing

/// One request in the terms of the model that answers it, and what the stages found so far.
///
/// It is made once, at the start of a request: what changes later changes the next answer.
struct AnswerPlan: Sendable {
  /// Why the model's scores do not answer.
  enum Fallback: String, Sendable, CaseIterable {
    case emptyHistory = "empty_history"
    case unknownUser = "unknown_user"
    /// Training learned nothing about the user or the items of the history.
    case nothingKnown = "nothing_known"
    /// The search was late.
    case late = "retrieval_late"
    /// The list of the sources is shorter than what was asked for.
    case short
  }

  let request: ServiceRequest
  /// The id of the answer.
  let id: String
  let arm: String?
  let served: ServedModel
  /// What the model's index does not have where it belongs.
  let side: SideList
  let shares: SourceShares
  /// The dial of diversification.
  let diversity: Double
  /// The dial of clusters; `nil` for the model's own.
  let alpha: Double?
  let gate: Gate
  /// The same for a search among the items of the model.
  let exclusion: Exclusion
  /// The items that the user met, oldest first.
  let history: [LiveKey]
  let query: Query
  /// The number of items that are known.
  let known: Int
  let notices: [String]
  var fallback: Fallback?

  /// The vectors of the request; `nil` before retrieval, and where the model knows nothing.
  var encoded: RetrieverStage.Encoded?
  /// What each source found.
  var lists: [(source: Source, items: [Found])] = []
  /// The list so far.
  var list: [Found] = []
  var milliseconds = Answer.Milliseconds()

  /// What the search of the model found; `nil` where nobody searched.
  var retrieved: [Found]? { lists.first { $0.source == .retriever }?.items }

  /// How many items of the whole list the answer needs.
  var need: Int { min(request.offset + request.count, known) }

  /// How many candidates the list is made of: whole blocks of what is put in order together, so that
  /// pages of one list fit together.
  var depth: Int {
    let unit = ordered
    return unit == 0 ? need : (need + unit - 1) / unit * unit
  }

  /// How many places clusters share out at a time: a page, or what is put in order together.
  var block: Int { ordered == 0 ? request.count : ordered }

  /// How many candidates are put in order together; 0 where the order is that of the sources.
  private var ordered: Int {
    max(served.recommender.ranker?.candidates ?? 0, diversity > 0 ? Diversity.pool : 0)
  }
}
