/// What became of every row that was read: nothing is dropped in silence.
public struct LoadReport: Sendable, Equatable, Codable {
  /// One file of interactions.
  package struct File: Sendable, Equatable, Codable {
    /// The path.
    package var path: String
    /// The bytes on disk.
    package var bytes = 0
    /// Lines with something on them, without the header.
    package var rows = 0
    /// Lines with nothing on them.
    package var blankLines = 0
    /// Rows with a problem: dropped, as many as the settings tolerate.
    package var badRows = 0
    /// Rows that meet not all conditions of `data.only`.
    package var excluded = 0
    /// Rows that meet no rule of `data.events`, or one of weight 0 where impressions are dropped.
    package var uncounted = 0
    /// Rows that say an item was shown and not taken.
    package var impressions = 0
    /// Rows that became interactions.
    package var kept = 0
    /// How many rows met each rule, in order of the rules' text.
    var matches: [Int] = []
  }

  /// One file of features.
  package struct FeatureFile: Sendable, Equatable, Codable {
    /// The path.
    package var path: String
    /// The column that identifies users or items.
    package var key = ""
    /// Rows without the header.
    package var rows = 0
    /// Rows of users or items that have no interaction: not used.
    package var unused = 0
    /// Rows that end early: what they do not say is unknown.
    package var incomplete = 0
    /// Rows with a problem: dropped, as many as the settings tolerate.
    package var badRows = 0
    /// Users or items of the log that the file says nothing of.
    package var missing = 0
    /// Users or items of the log that the file knows.
    package var matched = 0

    init(path: String, key: String) {
      self.path = path
      self.key = key
    }
  }

  /// A column of the log, and what it was taken for.
  package struct Column: Sendable, Equatable, Codable {
    /// What it is to the log.
    package let role: ColumnRole
    /// Its name in the file.
    package let name: String
    /// `dates` or `numbers` for the time, else empty.
    package let holds: String
  }

  /// How many rows are events of one kind.
  package struct EventKind: Sendable, Equatable, Codable {
    /// The kind, as the column spells it.
    package let name: String
    /// The rows that have it.
    package var rows: Int
    /// How many of those meet a rule of `data.events`: all where there are no rules.
    package var counted: Int
  }

  /// How many rows met a rule of `data.events`.
  package struct RuleMatches: Sendable, Equatable, Codable {
    /// The condition.
    package let rule: String
    /// The rows.
    package var rows: Int
  }

  /// The format that was read.
  package var format = DataFormat.automatic
  /// The files of interactions.
  package var files: [File] = []
  /// The files of features.
  package var features: [FeatureFile] = []
  /// The columns of the log, and what each was taken for.
  package var columns: [Column] = []
  /// How many rows met each rule of `data.events`.
  package var matches: [RuleMatches] = []
  /// The kinds of event, where a column names them: the most frequent first.
  package var eventKinds: [EventKind] = []
  /// The bad rows that were tolerated, at most the first hundred.
  package var problems: [RowProblem] = []
  /// Rows of features that end early, at most the first hundred: kept, the rest of them unknown.
  package var incomplete: [RowProblem] = []
  /// Interactions dropped as repeats.
  package var repeatsDropped = 0
  /// What the filter dropped.
  package var filter = CoreFilter.Report()
  /// Interactions that were kept in the end.
  public var interactions = 0
  /// Impressions that were kept in the end: of users and items with an interaction.
  package var impressions = 0
  /// Items of the item file without an interaction that are kept: new items.
  package var newItems = 0
  /// What was guessed, left out or could not be used, a line each.
  public var notes: [DataNote] = []
  /// The time it took to read and filter.
  package var seconds = 0.0

  /// Adds a line that is worth knowing.
  mutating func note(_ text: String) { notes.append(DataNote(.note, text)) }

  /// Adds a line on something that is probably not what the user wants.
  mutating func warn(_ text: String) { notes.append(DataNote(.warning, text)) }

  /// What was taken for what: `columns: user = customer_id, item = article_id, time = t_dat (dates)`.
  package var columnsLine: String {
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
