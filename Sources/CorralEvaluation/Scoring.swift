public import CorralData
public import CorralVectors

/// A model as an evaluation calls it: it ranks the catalogue for a range of users.
///
/// The closures `queries` and `scores` are called on the thread that evaluates, with rising ranges
/// of user positions that do not overlap. Most users without targets are skipped.
public struct Scoring {
  /// Searches for the best items of one user's vectors `[interests, dimension]`: how many to
  /// return, and which are allowed.
  ///
  /// The best comes first.
  public typealias Search =
    @Sendable (
      _ vectors: Matrix, _ count: Int, _ isAllowed: (ItemIndex) -> Bool
    ) -> [ItemIndex]

  /// Makes the lists of the users in a range of positions, one row for each, the best first.
  ///
  /// A list has `count` items if so many can be recommended. `masked` are the items that a user's
  /// list must not hold, one row for each user; the lists of users without targets are not looked
  /// at. New items, which have no interaction, are not ranked and must not be in a list.
  package typealias Lists = (
    _ users: Range<Int>, _ count: Int, _ masked: Ragged<ItemIndex>
  ) throws -> [[ItemIndex]]

  /// The source of the ranking.
  enum Source {
    case vectors(queries: (Range<Int>) throws -> Matrix, items: Matrix)
    case scores((Range<Int>) throws -> Matrix)
    case index(queries: (Range<Int>) throws -> Matrix, search: Search)
    case lists(Lists)
  }

  let source: Source
  /// The items that the model can place.
  ///
  /// The others come after them, in order of position.
  package var placed: PlacedItems

  /// Scores by the inner product of the user's and the item's vector.
  ///
  /// - Parameters:
  ///   - queries: returns `[users, dimension]`, one row for each position in the range. With
  ///     several interests it returns `[users * interests, dimension]`, those of a user one after
  ///     the other, and an item's score is the largest over the interests.
  ///   - items: the items' vectors, `[items, dimension]`. The users x items matrix is never made.
  ///   - placed: the items that the model can place.
  /// - Returns: the scoring.
  public static func vectors(
    queries: @escaping (Range<Int>) throws -> Matrix, items: Matrix, placed: PlacedItems = .all
  ) -> Scoring {
    Scoring(source: .vectors(queries: queries, items: items), placed: placed)
  }

  /// Scores every item by the model itself: `scores` returns `[users, items]` for the range.
  ///
  /// An item with the score `-infinity` is never recommended.
  public static func scores(
    placed: PlacedItems = .all, _ scores: @escaping (Range<Int>) throws -> Matrix
  ) -> Scoring {
    Scoring(source: .scores(scores), placed: placed)
  }

  /// Finds the best items through an index, as in serving.
  ///
  /// - Parameters:
  ///   - queries: the users' vectors, as for `vectors(queries:items:placed:)`.
  ///   - placed: the items that the model can place; `search` finds no others.
  ///   - search: is called by several threads at once.
  /// - Returns: the scoring.
  package static func index(
    queries: @escaping (Range<Int>) throws -> Matrix, placed: PlacedItems = .all,
    search: @escaping Search
  ) -> Scoring {
    Scoring(source: .index(queries: queries, search: search), placed: placed)
  }

  /// Measures the lists that a model makes itself, such as those filled by quotas of clusters.
  ///
  /// Items that the model cannot place come after its list, as for every other model.
  package static func lists(placed: PlacedItems = .all, _ lists: @escaping Lists) -> Scoring {
    Scoring(source: .lists(lists), placed: placed)
  }
}
