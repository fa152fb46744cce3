/// The `data` block of the settings: which data to read, and which rows to use.
public struct DataSettings: Sendable, Equatable, Codable {
  /// A file of interactions, or a folder that holds one.
  public var path = ""
  /// The format, or `auto` to recognise it.
  public var format = DataFormat.automatic
  /// Whether the first line of the interactions names the columns.
  public var header = HeaderUse.automatic
  /// The names of the columns, if they are unusual, or their numbers from 1.
  public var columns = ColumnNames()
  /// A file of user features; if empty, one is looked for beside the interactions.
  public var userFile = ""
  /// A file of item features and titles; if empty, one is looked for beside the interactions.
  public var itemFile = ""
  /// The column that identifies users in the user file, or `auto`.
  public var userKey = ColumnNames.automatic
  /// The column that identifies items in the item file, or `auto`.
  public var itemKey = ColumnNames.automatic
  /// The feature columns of the user file: `auto`, or `[age, "zip:token"]`.
  public var userFeatures = FeatureChoice.automatic
  /// The feature columns of the item file: `auto`, or `[genres, "price:float"]`.
  public var itemFeatures = FeatureChoice.automatic
  /// Whether items of the item file without an interaction are kept.
  public var newItems = NewItems.automatic
  /// Conditions that every row must meet: `["tab==1", "is_click==1"]`.
  public var only: [String] = []
  /// Which rows count, and how much; without rules every row counts 1.
  public var events = EventRules()
  /// Whether rows of items that were shown and not taken are kept as impressions.
  public var impressions = ImpressionUse.keep
  /// A file of impressions with the columns of the log; empty for none.
  public var impressionFile = ""
  /// Columns of the log that are context of an interaction: `[tab, hour, "price:float"]`.
  public var context: [String] = []
  /// Columns of the log that are labels of an interaction: `[is_click, is_like, watch]`.
  public var labels: [String] = []
  /// What happens to repeated interactions of a user with an item.
  public var repeats = Repeats.keep
  /// The fewest interactions that a user and an item must have.
  public var filter = CoreFilter()
  /// How the interactions of a user are ordered.
  public var order = InteractionOrder.automatic
  /// How data are held out.
  public var split = SplitRule()
  /// The number of bad rows that are dropped without an error.
  public var tolerance = 0

  /// Creates the defaults with a path.
  public init(path: String = "") { self.path = path }

  /// Throws `SettingError` for the first setting that no data can be read with.
  package func validate() throws {
    try SettingError.check("tolerance", tolerance, atLeast: 0)
    try SettingError.within("filter") { try filter.validate() }
    try SettingError.within("split") { try split.validate() }
  }
}
