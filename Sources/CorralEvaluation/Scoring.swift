public import CorralData
public import CorralVectors

/// How a model ranks the catalogue for a range of users: what an evaluation asks of it.
///
/// The closures `queries` and `scores` are called on the thread that evaluates, with ranges of user
/// positions that never overlap and always rise; users without targets are skipped where they can be.
public struct Scoring {
  /// A search for the best items: one user's vectors `[interests, dimension]`, how many items, and
  /// which may be found; the best comes first.
  public typealias Search =
    @Sendable (
      _ vectors: Matrix, _ count: Int, _ isAllowed: (ItemIndex) -> Bool
    ) -> [ItemIndex]

  /// What the ranking is made of.
  enum Source {
    case vectors(queries: (Range<Int>) throws -> Matrix, items: Matrix)
    case scores((Range<Int>) throws -> Matrix)
    case index(queries: (Range<Int>) throws -> Matrix, search: Search)
  }

  let source: Source
  /// Which items the model can place; the others come after them, in order of position.
  package var placed: PlacedItems

  /// The score is the inner product of the user's vector and the item's.
  ///
  /// - Parameters:
  ///   - queries: gives `[users, dimension]`, one row for each position in the range. Where users have
  ///     several interests it gives `[users * interests, dimension]`, those of a user one after the
  ///     other, and an item's score is that of the interest that likes it best.
  ///   - items: the items' vectors, `[items, dimension]`. The users x items matrix is never made.
  ///   - placed: which items the model can place.
  /// - Returns: how the model ranks.
  public static func vectors(
    queries: @escaping (Range<Int>) throws -> Matrix, items: Matrix, placed: PlacedItems = .all
  ) -> Scoring {
    Scoring(source: .vectors(queries: queries, items: items), placed: placed)
  }

  /// The model scores every item itself: `scores` gives `[users, items]` for the range.
  ///
  /// An item with the score `-infinity` is never recommended.
  public static func scores(
    placed: PlacedItems = .all, _ scores: @escaping (Range<Int>) throws -> Matrix
  ) -> Scoring {
    Scoring(source: .scores(scores), placed: placed)
  }

  /// An index finds the best items of each user, as it does when it serves.
  ///
  /// - Parameters:
  ///   - queries: the users' vectors, as for `vectors(queries:items:placed:)`.
  ///   - placed: which items the model can place; `search` finds no others.
  ///   - search: called by several threads at once.
  /// - Returns: how the index ranks.
  package static func index(
    queries: @escaping (Range<Int>) throws -> Matrix, placed: PlacedItems = .all,
    search: @escaping Search
  ) -> Scoring {
    Scoring(source: .index(queries: queries, search: search), placed: placed)
  }
}
