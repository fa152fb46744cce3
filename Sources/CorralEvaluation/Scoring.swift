public import CorralVectors

/// How a model scores every item for a range of users: what an evaluation asks of it.
///
/// The closures are called on the thread that evaluates, with ranges of user positions that never
/// overlap and always rise; users without targets are skipped where they can be.
public enum Scoring {
  /// The score is the inner product of the user's vector and the item's.
  ///
  /// `queries` gives `[users, dimension]`, one row for each position in the range; `items` is
  /// `[items, dimension]`. The users x items matrix is never made. Where users have several interests
  /// it gives `[users * interests, dimension]`, those of a user one after the other, and an item's
  /// score is that of the interest that likes it best.
  case vectors(queries: (Range<Int>) throws -> Matrix, items: Matrix)

  /// The model scores every item itself: `[users, items]` for the range.
  ///
  /// An item with the score `-infinity` is never recommended.
  case scores((Range<Int>) throws -> Matrix)
}
