/// What became of every row that was read: nothing is dropped in silence.
public struct LoadReport: Sendable, Equatable, Codable {
  /// One file of interactions.
  public struct File: Sendable, Equatable, Codable {
    /// The path.
    public var path: String
    /// The bytes on disk.
    public var bytes = 0
    /// Lines with something on them, without the header.
    public var rows = 0
    /// Lines with nothing on them.
    public var blankLines = 0
    /// Rows with a problem: dropped, as many as the settings tolerate.
    public var badRows = 0
    /// Rows that meet not all conditions of `data.only`.
    public var excluded = 0
    /// Rows that meet no rule of `data.events`, or one of weight 0 where impressions are dropped.
    public var uncounted = 0
    /// Rows that say an item was shown and not taken.
    public var impressions = 0
    /// Rows that became interactions.
    public var kept = 0
    /// How many rows met each rule, in order of the rules' text.
    var matches: [Int] = []
  }

  /// One file of features.
  public struct FeatureFile: Sendable, Equatable, Codable {
    /// The path.
    public var path: String
    /// Rows without the header.
    public var rows = 0
    /// Rows of users or items that have no interaction: not used.
    public var unused = 0
    /// Rows that end early: what they do not say is unknown.
    public var incomplete = 0
    /// Rows with a problem: dropped, as many as the settings tolerate.
    public var badRows = 0
    /// Users or items of the log that the file says nothing of.
    public var missing = 0
  }

  /// The format that was read.
  public var format = DataFormat.automatic
  /// The files of interactions.
  public var files: [File] = []
  /// The files of features.
  public var features: [FeatureFile] = []
  /// How many rows met each rule of `data.events`.
  public var matches: [String: Int] = [:]
  /// The bad rows that were tolerated, at most the first hundred.
  public var problems: [RowProblem] = []
  /// Rows of features that end early, at most the first hundred: kept, the rest of them unknown.
  public var incomplete: [RowProblem] = []
  /// Interactions dropped as repeats.
  public var repeatsDropped = 0
  /// What the filter dropped.
  public var filter = CoreFilter.Report()
  /// Interactions that were kept in the end.
  public var interactions = 0
  /// Impressions that were kept in the end: of users and items with an interaction.
  public var impressions = 0
  /// Items of the item file without an interaction that are kept: new items.
  public var newItems = 0
  /// What was guessed, left out or could not be used, a line each.
  public var notes: [DataNote] = []
  /// The time it took to read and filter.
  public var seconds = 0.0

  /// Adds a line that is worth knowing.
  mutating func note(_ text: String) { notes.append(DataNote(.note, text)) }

  /// Adds a line on something that is probably not what the user wants.
  mutating func warn(_ text: String) { notes.append(DataNote(.warning, text)) }

  /// Rows read from all files.
  public var rows: Int { files.reduce(0) { $0 + $1.rows } }
  /// Rows with a problem in all files, features included.
  public var badRows: Int {
    files.reduce(0) { $0 + $1.badRows } + features.reduce(0) { $0 + $1.badRows }
  }
}
