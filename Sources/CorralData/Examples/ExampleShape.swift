/// What a row of training examples is.
public enum ExampleShape: Sendable, Equatable {
  /// One interaction, with what its user did before it.
  case pairs
  /// A stretch of a user's interactions, each of which but the first is a target.
  case sequences
  /// A stretch of a user's interactions, a share of which is hidden and to be found again: the cloze
  /// task (Sun and others, 2019); of a share `ends` of the stretches, the last item alone.
  case cloze(share: Double, ends: Double)
}
