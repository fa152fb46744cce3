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

/// What happens to new items: rows of the item file whose item has no interaction.
///
/// New items come after the items with interactions in the vocabulary, with their features and
/// titles. An item whose interactions a filter dropped is not a new item. Only a model that places
/// items by their features can distinguish new items.
public enum NewItems: String, Sendable, Codable, CaseIterable {
  /// They are kept if the model can place them.
  case automatic = "auto"
  /// They are kept.
  case keep
  /// They are dropped and counted.
  case drop
}

/// What happens to impressions: rows of a log that say an item was shown and not taken.
///
/// An impression is a row whose best rule of `data.events` has weight 0, as in `{click: 1,
/// impression: 0}` or `{click: 1, "is_click==0": 0}`. Without rules it is a row of KuaiRand without
/// a click, or a row with weight 0 in a file with a column of weights.
///
/// Impressions are stored beside the log, never in it. They are true negatives for a ranker, which
/// orders what was shown. A retriever, which chooses from the whole catalogue, ignores them: no
/// history, target, mask of seen items, vocabulary or popularity count includes them, and the log,
/// its vocabularies and its split are the same bytes with and without them. An item that was shown
/// and not taken can be recommended again. Impressions of users and items without any interaction
/// are dropped and counted. An impression takes 20 bytes, 12 without times, and 4 more for each
/// column of labels.
public enum ImpressionUse: String, Sendable, Codable, CaseIterable {
  /// They are kept.
  case keep
  /// They are dropped and counted as rows without weight, for runs without a ranker.
  case drop
}

/// Whether the first line of a separated file names its columns.
public enum HeaderUse: String, Sendable, Codable, CaseIterable {
  /// Guessed from the first rows; a doubtful guess is reported.
  case automatic = "auto"
  /// The first line names the columns.
  case yes
  /// The first line is a row, and the columns are numbered from 1.
  case no

  /// Reads `auto`, `yes` or `no`.
  ///
  /// YAML turns the last two into `true` and `false`, which mean the same.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let isThere = try? container.decode(Bool.self) {
      self = isThere ? .yes : .no
      return
    }
    let word = try container.decode(String.self)
    guard let use = Self(rawValue: word) else {
      throw SettingError(
        decoder.codingPath.map(\.stringValue).joined(separator: "."), text: word,
        "say 'yes' where the first line names the columns, 'no' where it is a row, or 'auto'")
    }
    self = use
  }
}
