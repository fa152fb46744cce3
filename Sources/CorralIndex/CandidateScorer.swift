public import CorralData

/// Scores candidates for a request: a ranker when it serves.
public protocol CandidateScorer: Sendable {
  /// One score a candidate, higher is better; throws when nothing can be said about the request.
  func scores(_ candidates: [ItemIndex], for query: Query) throws -> [Float]
}
