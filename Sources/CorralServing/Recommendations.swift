public import CorralIndex

/// What a recommender answers to one request.
public struct Recommendations: Sendable, Equatable {
  /// One recommended item.
  public struct Item: Sendable, Equatable {
    /// An item of the history that a recommendation is near to.
    public struct Reason: Sendable, Equatable {
      /// The id of the item that was met.
      public let id: String
      /// Its title; `nil` if it has none.
      public let title: String?
      /// The cosine between the vectors of the two items.
      public let similarity: Float
    }

    /// The id of the item.
    public let id: String
    /// Its title; `nil` if it has none.
    public let title: String?
    /// The larger, the better; `nil` for an item that training never met and nothing places.
    public let score: Float?
    /// What gave the item its place.
    public let stage: Stage
    /// The nearest items of the history, the nearest first; `nil` unless reasons were asked for.
    public let because: [Reason]?
    /// The cluster that the item is from; `nil` unless reasons were asked for and there are clusters.
    package let cluster: ClusterReason?
  }

  /// What gives an item its place in a list.
  public enum Stage: String, Sendable {
    /// The score of the retriever.
    case retriever
    /// The score of the ranker.
    case ranker
    /// How often the item was met: the model's scores say nothing about the request.
    case popular
  }

  /// How long the parts of an answer took, in milliseconds.
  public struct Time: Sendable, Equatable {
    /// Making the vectors of the request.
    public internal(set) var encoding = 0.0
    /// Finding candidates.
    public internal(set) var search = 0.0
    /// Ordering them by the ranker.
    public internal(set) var ranking = 0.0

    /// All parts together.
    public var total: Double { encoding + search + ranking }
  }

  /// The items, the best first.
  public let items: [Item]
  /// Why popular items answer; `nil` if the model's scores do.
  public let fallback: Fallback?
  /// What the answer rests on, and what of the request was ignored.
  public let notices: [Notice]
  /// Why the list is shorter than asked for; `nil` if it is not.
  public let shortage: Shortage?
  /// How long the answer took; of many requests at once, the mean of each.
  public let time: Time

  /// How many of the items have no score; they are the last.
  public var unscored: Int { items.count { $0.score == nil } }
}

extension Recommendations {
  /// Why the model's scores do not answer a request.
  public enum Fallback: Sendable, Equatable {
    /// The history has no item, and nothing else is known.
    case emptyHistory
    /// The user is not in the model, and there is no history; with the id that was probably meant.
    case unknownUser(String, nearest: String?)
    /// Training learned nothing about the user or the items of the history.
    case nothingKnown
  }

  /// Something that the reader of an answer should know.
  public enum Notice: Sendable, Equatable {
    /// A given history replaces the saved one of a known user.
    case replacesHistory(given: Int, saved: Int, scoredBy: ScoredBy)
    /// The ranker reads context that the request does not give.
    case missingContext([String])
    /// Items of the history that the model does not have were ignored.
    case unknownHistory([String])
    /// The user is not in the model, so that the history alone answers.
    case unknownUser(String, nearest: String?)
    /// The model searches no clusters, so that `alpha` says nothing.
    case ignoredAlpha
    /// A category of the context that training never met counts as unknown.
    case unknownContext(name: String, value: String)
  }

  /// Fewer items are left than were asked for.
  public struct Shortage: Sendable, Equatable {
    /// The items that were found.
    public let found: Int
    /// The items of the catalogue.
    public let catalogue: Int
    /// Whether the rest was left out because it was met before.
    public let isMet: Bool
  }
}
