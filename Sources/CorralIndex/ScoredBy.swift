/// Which parts of a request decide the scores of a retriever.
public enum ScoredBy: Sendable, Equatable {
  /// No part: everybody has the same scores.
  case nothing
  /// The vector of a user that training met; for others, the history.
  case userFirst
  /// The history; without one, the vector of a user that training met.
  case historyFirst
  /// The history alone.
  case history
  /// What is known of the user, and the history.
  case both

  /// Whether the retriever looks at who asks.
  package var readsUser: Bool {
    switch self {
    case .nothing, .history: false
    case .userFirst, .historyFirst, .both: true
    }
  }
}
