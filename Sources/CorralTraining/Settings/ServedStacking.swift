/// How much of the retriever's score is added to the ranker's when both serve.
public enum ServedStacking: String, Sendable, Codable, CaseIterable {
  /// As much as in training: nothing, for a ranker that is trained apart.
  case trained
  /// As much as in training, or from a half to ten times the score, whichever ranks the validation
  /// items best: two stages that have learned different things know more than either, and one that
  /// has learned its examples by heart counts less.
  case validated

  /// The multiples of the score that are tried, that of training first.
  func tried(trained: Float) -> [Float] {
    switch self {
    case .trained: [trained]
    case .validated: [trained] + [0.5, 0.7, 1, 1.5, 2, 3, 5, 10].filter { $0 != trained }
    }
  }

  /// The name among an epoch's metrics of the multiple that ranked best.
  static let metric = "stacking"
}
