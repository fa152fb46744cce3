package import CorralServing

/// What the service answers to one request.
package struct Answer: Sendable, Equatable {
  /// One recommended item.
  package struct Item: Sendable, Equatable {
    package var id: String
    package var title: String?
    /// The larger, the better within one stage; `nil` where the source has no score.
    package var score: Float?
    /// The stage that gave the item its place.
    package var stage: Stage
    /// The source that found it.
    package var source: Source
    /// The nearest items of the history; `nil` unless reasons were asked for.
    package var because: [Recommendations.Item.Reason]?
    /// The cluster that the search found it in; `nil` unless reasons were asked for.
    package var cluster: ClusterReason?
  }

  /// What gives an item its place in a list.
  package enum Stage: String, Sendable, Codable, CaseIterable {
    case retriever, ranker, fallback
    /// The share of its source: no score placed it.
    case quota
  }

  /// Why an answer is worse than it could be.
  package enum Degradation: String, Sendable, Codable, CaseIterable {
    /// The ranker was late: the order is the retriever's.
    case ranking
    /// The search was late: what is popular answers.
    case retrieval
  }

  /// How long the parts of an answer took, in milliseconds.
  package struct Milliseconds: Sendable, Equatable, Codable {
    package var queue = 0.0
    package var encoding = 0.0
    package var search = 0.0
    package var ranking = 0.0
    package var total = 0.0

    package init() {}
  }

  /// The id of this answer, which events name as their `request`.
  package var request: String
  /// The version of the model that answered.
  package var model: String
  /// The arm of the experiment; `nil` outside of one.
  package var arm: String?
  package var degraded: Degradation?
  package var milliseconds = Milliseconds()
  package var items: [Item] = []
  /// What of the request was ignored, in words.
  package var notices: [String] = []
}

/// Where candidates come from.
package enum Source: String, Sendable, Codable, CaseIterable {
  /// The search of the model's retriever.
  case retriever
  /// What is like the items that the user met last.
  case similar
  /// What was met most often.
  case popular
  /// What is met most often of late, by the streaming estimator.
  case trending
  /// What was published last.
  case latest
}
