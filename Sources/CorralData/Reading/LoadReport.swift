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
    /// The column that identifies users or items.
    public var key = ""
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
    /// Users or items of the log that the file knows.
    public var matched = 0

    init(path: String, key: String) {
      self.path = path
      self.key = key
    }
  }

  /// A column of the log, and what it was taken for.
  public struct Column: Sendable, Equatable, Codable {
    /// What it is to the log.
    public let role: ColumnRole
    /// Its name in the file.
    public let name: String
    /// `dates` or `numbers` for the time, else empty.
    public let holds: String
  }

  /// How many rows are events of one kind.
  public struct EventKind: Sendable, Equatable, Codable {
    /// The kind, as the column spells it.
    public let name: String
    /// The rows that have it.
    public var rows: Int
    /// How many of those meet a rule of `data.events`: all where there are no rules.
    public var counted: Int
  }

  /// How many rows met a rule of `data.events`.
  public struct RuleMatches: Sendable, Equatable, Codable {
    /// The condition.
    public let rule: String
    /// The rows.
    public var rows: Int
  }

  /// The format that was read.
  public var format = DataFormat.automatic
  /// The files of interactions.
  public var files: [File] = []
  /// The files of features.
  public var features: [FeatureFile] = []
  /// The columns of the log, and what each was taken for.
  public var columns: [Column] = []
  /// How many rows met each rule of `data.events`.
  public var matches: [RuleMatches] = []
  /// The kinds of event, where a column names them: the most frequent first.
  public var eventKinds: [EventKind] = []
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

  /// What was taken for what: `columns: user = customer_id, item = article_id, time = t_dat (dates)`.
  public var columnsLine: String {
    let taken = columns.map { column in
      "\(column.role.words) = \(column.name)" + (column.holds.isEmpty ? "" : " (\(column.holds))")
    }
    let hasTime = columns.contains { $0.role == .time }
    return "columns: " + (taken + (hasTime ? [] : ["no time"])).joined(separator: ", ")
  }

  /// Rows read from all files.
  public var rows: Int { files.reduce(0) { $0 + $1.rows } }
  /// Rows with a problem in all files, features included.
  public var badRows: Int {
    files.reduce(0) { $0 + $1.badRows } + features.reduce(0) { $0 + $1.badRows }
  }
}

extension LoadReport {
  /// Adds a file of the log, and how many of its rows met each of the rules.
  mutating func add(_ file: File, rules: [String]) {
    for (rule, count) in zip(rules, file.matches) {
      if let at = matches.firstIndex(where: { ExactText($0.rule) == ExactText(rule) }) {
        matches[at].rows += count
      } else {
        matches.append(RuleMatches(rule: rule, rows: count))
      }
    }
    files.append(file)
  }

  /// Says which kinds of event count, where the settings do not say it of all of them.
  mutating func remarkOnEvents(hasRules: Bool, namesEvents: Bool) {
    func named(_ kinds: [EventKind]) -> String {
      kinds.prefix(8).map { "'\($0.name)' (\($0.rows) \($0.rows == 1 ? "row" : "rows"))" }
        .joined(separator: ", ") + (kinds.count > 8 ? " and \(kinds.count - 8) more" : "")
    }
    if !hasRules, eventKinds.count > 1 {
      note(
        "every kind of event counts 1: \(named(eventKinds)); weigh them with"
          + " data.events.KIND=WEIGHT, and those left out count nothing")
    }
    let left = eventKinds.filter { $0.counted == 0 }
    if namesEvents, !left.isEmpty {
      note(
        "\(left.count == 1 ? "one kind of event meets" : "\(left.count) kinds of event meet") no rule"
          + " of data.events and \(left.count == 1 ? "counts" : "count") nothing: \(named(left))")
    }
  }
}
