/// What becomes of draws that the user took in training.
public enum KnownDraws: String, Sendable, Codable, CaseIterable {
  /// They are no negatives, since who is served with seen items masked never has to choose against
  /// them.
  case masked
  /// They are negatives like others, as in the papers, and as repeated interactions ask for.
  case kept
}
