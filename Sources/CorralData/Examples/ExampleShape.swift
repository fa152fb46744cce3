/// The form of a training example.
public enum ExampleShape: Sendable, Equatable {
  /// One interaction as the target, with its user's earlier interactions as the history.
  case pairs
  /// A run of a user's interactions. Each but the first is a target.
  case sequences
  /// A run of a user's interactions with hidden targets: the cloze task (Sun and others, 2019).
  ///
  /// `share` of the items are hidden; in `ends` of the runs only the last item is.
  case cloze(share: Double, ends: Double)
}
