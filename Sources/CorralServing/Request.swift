/// What somebody asks a recommender for.
///
///     Request(user: "42", count: 20)
///     Request(history: ["item-7", "item-3"])
public struct Request: Sendable, Equatable {
  /// The id of the user; `nil` for somebody anonymous.
  public var user: String?
  /// The ids of the items that the user has met, oldest first; `nil` takes the saved history.
  ///
  /// A given history replaces the saved one, in the scores and in what counts as met.
  public var history: [String]?
  /// Facts about the request by name, as `["tab": "search"]`, for a ranker that reads them.
  public var context: [String: String] = [:]
  /// How many items to recommend at most.
  public var count: Int
  /// Whether items that the user has met may be recommended again.
  public var includesMet = false
  /// The only items that may be recommended; `nil` allows every item.
  public var allowed: ItemSet?
  /// Items that must not be recommended.
  public var excluded: ItemSet?
  /// For a model that searches clusters, how much of a list a cluster gets: its probability to this
  /// power.
  ///
  /// 0 gives all clusters alike, and a large number only the most probable one. `nil` takes the
  /// model's own; other models ignore it, and the answer says so.
  public var alpha: Double?
  /// Whether each recommendation says which items of the history it is near to.
  ///
  /// Popularity has no vectors, so its recommendations never do.
  public var isExplained = false

  /// A request of a known user, of an anonymous one with a history, or both.
  public init(user: String? = nil, history: [String]? = nil, count: Int = 10) {
    self.user = user
    self.history = history
    self.count = count
  }
}
