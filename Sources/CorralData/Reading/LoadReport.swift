/// What happened to every row that was read; no row is dropped silently.
public struct LoadReport: Sendable, Equatable, Codable {
  /// One file of interactions.
  package struct File: Sendable, Equatable, Codable {
    /// The path.
    package var path: String
    /// The size on disk.
    package var bytes = 0
    /// Rows, without the header and blank lines.
    package var rows = 0
    /// Blank lines.
    package var blankLines = 0
    /// Rows dropped for a problem, as far as the settings tolerate them.
    package var badRows = 0
    /// Rows dropped by a `data.only` condition.
    package var excluded = 0
    /// Rows that match no rule of `data.events`, or one of weight 0 if impressions are dropped.
    package var uncounted = 0
    /// Rows of items that were shown and not taken.
    package var impressions = 0
    /// Rows that became interactions.
    package var kept = 0
    /// The number of rows that matched each rule, in order of the rules' text.
    var matches: [Int] = []
  }

  /// One file of features.
  package struct FeatureFile: Sendable, Equatable, Codable {
    /// The path.
    package var path: String
    /// The column that identifies users or items.
    package var key = ""
    /// Rows, without the header.
    package var rows = 0
    /// Rows of users or items without an interaction, which are not used.
    package var unused = 0
    /// Rows with too few fields, whose other values are unknown.
    package var incomplete = 0
    /// Rows dropped for a problem, as far as the settings tolerate them.
    package var badRows = 0
    /// Users or items of the log that are not in the file.
    package var missing = 0
    /// Users or items of the log that are in the file.
    package var matched = 0

    init(path: String, key: String) {
      self.path = path
      self.key = key
    }
  }

  /// A column of the log with its role.
  package struct Column: Sendable, Equatable, Codable {
    /// The role of the column.
    package let role: ColumnRole
    /// Its name in the file.
    package let name: String
    /// `dates` or `numbers` for the time, else empty.
    package let holds: String
  }

  /// The count of one kind of event.
  package struct EventKind: Sendable, Equatable, Codable {
    /// The kind, as the column spells it.
    package let name: String
    /// The rows of this kind.
    package var rows: Int
    /// The rows of this kind that match a rule of `data.events`; all if there are no rules.
    package var counted: Int
  }

  /// The count of rows that match a rule of `data.events`.
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
  /// The columns of the log with their roles.
  package var columns: [Column] = []
  /// The number of rows that match each rule of `data.events`.
  package var matches: [RuleMatches] = []
  /// The kinds of event, the most frequent first, if a column names them.
  package var eventKinds: [EventKind] = []
  /// The first hundred of the bad rows.
  package var problems: [RowProblem] = []
  /// The first hundred rows of features with too few fields; they are kept.
  package var incomplete: [RowProblem] = []
  /// Interactions dropped as repeats.
  package var repeatsDropped = 0
  /// The report of the filter.
  package var filter = CoreFilter.Report()
  /// Interactions of the data set.
  public var interactions = 0
  /// Impressions of the data set, all of users and items with an interaction.
  package var impressions = 0
  /// New items of the data set: items of the item file without an interaction.
  package var newItems = 0
  /// What was guessed, left out or unusable, one line each.
  public var notes: [DataNote] = []
  /// The duration of reading and filtering.
  package var seconds = 0.0

  /// Adds a note.
  mutating func note(_ text: String) { notes.append(DataNote(.note, text)) }

  /// Adds a warning: something that the user probably does not want.
  mutating func warn(_ text: String) { notes.append(DataNote(.warning, text)) }

  /// The roles of the columns: `columns: user = customer_id, item = article_id, time = t_dat
  /// (dates)`.
  package var columnsLine: String {
    let taken = columns.map { column in
      "\(column.role.words) = \(column.name)" + (column.holds.isEmpty ? "" : " (\(column.holds))")
    }
    let hasTime = columns.contains { $0.role == .time }
    return "columns: " + (taken + (hasTime ? [] : ["no time"])).joined(separator: ", ")
  }

  /// Rows of all files.
  public var rows: Int { files.reduce(0) { $0 + $1.rows } }
  /// Rows with a problem in all files, including features.
  public var badRows: Int {
    files.reduce(0) { $0 + $1.badRows } + features.reduce(0) { $0 + $1.badRows }
  }
}

extension LoadReport {
  /// Adds a file of the log, and the number of its rows that matched each rule.
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

  /// Adds a note on which kinds of event count, unless the settings decide it for all of them.
  mutating func remarkOnEvents(hasRules: Bool, namesEvents: Bool) {
    func named(_ kinds: [EventKind]) -> String {
      kinds.prefix(8).map { "'\($0.name)' (\($0.rows) \($0.rows == 1 ? "row" : "rows"))" }
        .joined(separator: ", ") + (kinds.count > 8 ? " and \(kinds.count - 8) more" : "")
    }
    if !hasRules, eventKinds.count > 1 {
      note(
        "every kind of event counts 1: \(named(eventKinds)); set weights with"
          + " data.events.KIND=WEIGHT, and kinds without one count nothing")
    }
    let left = eventKinds.filter { $0.counted == 0 }
    if namesEvents, !left.isEmpty {
      note(
        "\(left.count == 1 ? "one kind of event meets" : "\(left.count) kinds of event meet") no rule"
          + " of data.events and \(left.count == 1 ? "counts" : "count") nothing: \(named(left))")
    }
  }
}

/// A remark on what was guessed, left out or unusable while data were read: one line.
public struct DataNote: Sendable, Equatable, Codable, CustomStringConvertible {
  /// The importance of a note.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Worth knowing.
    case note
    /// Probably not what the user wants.
    case warning
  }

  /// The importance of the note.
  public let kind: Kind
  /// The line without its kind.
  public let text: String

  /// Creates a note or a warning.
  package init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  /// `warning: no item of the log is in shop.items.csv`.
  public var description: String { "\(kind.rawValue): \(text)" }
}
