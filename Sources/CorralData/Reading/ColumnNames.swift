/// The columns of a file that hold what a log needs, by name.
///
/// `auto` finds the usual names, and `none` leaves a column out that is not needed.
public struct ColumnNames: Sendable, Equatable, Codable {
  /// The name that stands for whichever of the usual names is there.
  public static let automatic = "auto"
  /// The name that stands for no column at all, where one is not needed.
  public static let absent = "none"

  /// Who.
  public var user = Self.automatic
  /// What.
  public var item = Self.automatic
  /// When: a number, or a date such as `2024-05-31T12:00:00Z`.
  public var time = Self.automatic
  /// How much they liked it.
  public var rating = Self.automatic
  /// The kind of event: `click`, `buy`.
  public var event = Self.automatic
  /// How much an interaction counts, where no rule of `data.events` says.
  public var weight = Self.automatic
  /// What people call an item, in its own file.
  public var title = Self.automatic

  /// Every column by its usual name.
  public init() {}

  /// Whether a column of this name is usually the user, the item, the time or the rating.
  static func isUsual(_ name: String) -> Bool {
    [\ColumnNames.user, \.item, \.time, \.rating].contains { column in
      usual(column).contains { plain($0) == plain(name) }
    }
  }

  private static func usual(_ column: KeyPath<ColumnNames, String>) -> [String] {
    switch column {
    case \.user:
      ["user_id", "user", "uid", "visitor_id", "customer_id", "reviewer_id", "account_id"]
    case \.item:
      [
        "item_id", "item", "iid", "movie_id", "video_id", "product_id", "article_id", "book_id",
        "track_id", "asin", "parent_asin",
      ]
    case \.time:
      ["timestamp", "time", "time_ms", "ts", "datetime", "unix_time", "unix_review_time"]
    case \.rating: ["rating", "score", "overall", "stars"]
    case \.event:
      ["event", "event_type", "behavior", "behaviour", "feedback_type", "action", "kind"]
    case \.weight: ["weight"]
    case \.title: ["title", "movie_title", "item_name", "product_title", "name"]
    default: []
    }
  }

  /// The position of a column that has to be there.
  func find(
    _ column: KeyPath<ColumnNames, String>, _ role: String, _ setting: String,
    in layout: TableLayout, file: String
  ) throws -> Int {
    if let found = try findOptional(column, role, setting, in: layout, file: file) { return found }
    throw DataError.missingColumn(
      file: file, role: role, setting: setting, wanted: "", found: layout.names)
  }

  /// The position of a column that may be absent, unless it is named.
  func findOptional(
    _ column: KeyPath<ColumnNames, String>, _ role: String, _ setting: String,
    in layout: TableLayout, file: String
  ) throws -> Int? {
    let name = self[keyPath: column]
    if name == Self.absent { return nil }
    guard name != Self.automatic else { return layout.column(named: Self.usual(column)) }
    guard let found = layout.column(named: name) else {
      throw DataError.missingColumn(
        file: file, role: role, setting: setting, wanted: name, found: layout.names)
    }
    return found
  }
}
