/// An error in data or files.
///
/// Its description says what is wrong, where, and what to do about it.
public enum DataError: Error, Equatable, CustomStringConvertible {
  /// Nothing exists at a path.
  case missingFile(String)
  /// A file exists and cannot be read.
  case unreadable(file: String, reason: String)
  /// A file cannot be written, because the disk is full or permission is missing.
  case unwritable(file: String, reason: String)
  /// A compressed file is cut off or damaged.
  case damagedArchive(file: String, reason: String)
  /// The name of no known format.
  case unknownFormat(String)
  /// A file whose format is not recognised.
  case unrecognised(file: String, firstLine: String)
  /// A folder without a file of interactions.
  case noInteractions(folder: String, found: [String])
  /// A folder with several files that could hold the interactions.
  case severalFiles(folder: String, found: [String])
  /// A file without rows.
  case emptyFile(String)
  /// A header that does not suit the format.
  case badHeader(file: String, reason: String)
  /// A column that settings name and the file does not have.
  case missingColumn(file: String, role: String, setting: String, wanted: String, found: [String])
  /// Needed columns without a usual name, all at once.
  case missingColumns(file: String, roles: [ColumnRole], found: [String])
  /// A rule or condition that cannot be parsed or does not suit the file.
  case badRule(rule: String, reason: String)
  /// More bad rows than the settings tolerate, with the first of them.
  case badRows(count: Int, tolerance: Int, first: [RowProblem])
  /// Rules and filters that drop every row.
  case nothingLeft(reason: String)
  /// A split whose held-out part is empty.
  case emptySplit(String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .missingFile(let path):
      "\(path): there is no such file or folder; check data.path"
    case .unreadable(let file, let reason):
      "\(file): \(reason)"
    case .unwritable(let file, let reason):
      "\(file): the file cannot be written: \(reason)"
    case .damagedArchive(let file, let reason):
      "\(file): \(reason); fetch or compress the file again"
    case .unknownFormat(let name):
      "there is no data format '\(name)'; the formats are \(DataFormat.names)"
    case .unrecognised(let file, let firstLine):
      "\(file): the first line, '\(shortened(firstLine))', fits no known format; name the format"
        + " with data.format, one of \(DataFormat.names)"
    case .noInteractions(let folder, let found):
      "\(folder): no file of interactions is in this folder"
        + (found.isEmpty ? ", which is empty" : ", which holds \(listed(found))")
        + "; Corral looks for NAME.inter, ratings.dat, ratings.csv, u.data, UserBehavior.csv,"
        + " log_standard*.csv, or a single .jsonl, .csv or .tsv: give the path of the file itself"
    case .severalFiles(let folder, let found):
      "\(folder): \(listed(found)) could each be the interactions; give the path of the file itself"
    case .emptyFile(let file):
      "\(file): the file holds no row"
    case .badHeader(let file, let reason):
      "\(file), line 1: \(reason)"
    case .missingColumn(let file, let role, let setting, let wanted, let found):
      "\(file): no column holds the \(role): "
        + "there is none called '\(wanted)'"
        + "; the columns are \(listed(found)): name one of them with \(setting)"
    case .missingColumns(let file, let roles, let found):
      "\(file): no column holds the \(roles.map(\.words).joined(separator: " or the ")):"
        + " none has a usual name; the columns are \(listed(found)): "
        + roles.map { role in
          "name one of them with \(role.setting)"
        }.joined(separator: " and ")
        + "\n"
        + roles.map { "  usual names of the \($0.words): \($0.usual.joined(separator: ", "))" }
        .joined(separator: "\n")
    case .badRule(let rule, let reason):
      "'\(rule)': \(reason)"
    case .badRows(let count, let tolerance, let first):
      badRowsText(count, tolerance, first)
    case .nothingLeft(let reason):
      reason
    case .emptySplit(let reason):
      reason
    }
  }

  private func badRowsText(_ count: Int, _ tolerance: Int, _ first: [RowProblem]) -> String {
    guard let problem = first.first else { return "\(count) bad rows" }
    let advice = "correct it, or tolerate bad rows with data.tolerance"
    if count == 1 { return "\(problem); \(advice)" }
    let tolerated = tolerance == 0 ? "none is tolerated" : "\(tolerance) are tolerated"
    let more = count > first.count ? "\n  and \(count - first.count) more" : ""
    return "\(count) bad rows, where \(tolerated):\n"
      + first.map { "  \($0)" }.joined(separator: "\n") + more
      + "\ncorrect them, or tolerate bad rows with data.tolerance"
  }
}

/// Joins names as `'a', 'b' and 'c'`, and shortens a long list.
func listed(_ names: [String], limit: Int = 12) -> String {
  let quoted = names.prefix(limit).map { "'\($0)'" }
  if names.count > limit {
    return quoted.joined(separator: ", ") + " and \(names.count - limit) more"
  }
  guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "none" }
  return quoted.dropLast().joined(separator: ", ") + " and " + last
}

/// Shortens a text so that it fits into a message.
func shortened(_ text: String, to limit: Int = 80) -> String {
  text.count <= limit ? text : text.prefix(limit) + "..."
}
