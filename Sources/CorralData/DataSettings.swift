/// The `data` block of the settings: which data, and what of it counts.
public struct DataSettings: Sendable, Equatable, Codable {
  /// A file of interactions, or a folder that holds one.
  public var path = ""
  /// The format, or `auto` to recognise it.
  public var format = DataFormat.automatic
  /// Whether the first line of the interactions names the columns.
  public var header = HeaderUse.automatic
  /// The columns by name, where they have unusual ones, or by number from 1.
  public var columns = ColumnNames()
  /// A file of features of users; empty looks beside the interactions.
  public var userFile = ""
  /// A file of features and titles of items; empty looks beside the interactions.
  public var itemFile = ""
  /// The column of the file of users that identifies them, or `auto`.
  public var userKey = ColumnNames.automatic
  /// The column of the file of items that identifies them, or `auto`.
  public var itemKey = ColumnNames.automatic
  /// The columns of the file of users that are features: `auto`, or `[age, "zip:token"]`.
  public var userFeatures = FeatureChoice.automatic
  /// The columns of the file of items that are features: `auto`, or `[genres, "price:float"]`.
  public var itemFeatures = FeatureChoice.automatic
  /// Whether items of that file without an interaction are kept: where a model can place them.
  public var newItems = NewItems.automatic
  /// Conditions that every row has to meet: `["tab==1", "is_click==1"]`.
  public var only: [String] = []
  /// Which rows count, and how much; without rules every row counts 1.
  public var events = EventRules()
  /// Whether rows that say an item was shown and not taken are kept as impressions.
  public var impressions = ImpressionUse.keep
  /// A file of what was shown and not taken, in the columns of the log; empty for none.
  public var impressionFile = ""
  /// Columns of the log that say what was around an interaction: `[tab, hour, "price:float"]`.
  public var context: [String] = []
  /// Columns of the log that say what came of an interaction: `[is_click, is_like, watch]`.
  public var labels: [String] = []
  /// What happens to further interactions of a user with the same item.
  public var repeats = Repeats.keep
  /// The fewest interactions a user and an item may have.
  public var filter = CoreFilter()
  /// What puts the interactions of a user in order.
  public var order = InteractionOrder.automatic
  /// What is held out.
  public var split = SplitRule()
  /// How many bad rows are dropped before it is an error.
  public var tolerance = 0

  /// The defaults over a path.
  public init(path: String = "") { self.path = path }

  /// Throws `SettingError` for the first setting that cannot be used, whatever the files hold.
  package func validate() throws {
    try SettingError.check("tolerance", tolerance, atLeast: 0)
    try SettingError.within("filter") { try filter.validate() }
    try SettingError.within("split") { try split.validate() }
  }
}
