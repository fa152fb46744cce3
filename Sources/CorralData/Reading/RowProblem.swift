/// A problem in one row of a file.
public struct RowProblem: Sendable, Equatable, Codable, CustomStringConvertible {
  /// The kinds of problem.
  package enum Reason: String, Sendable, Codable, CaseIterable {
    /// A word in a column of numbers.
    case notANumber = "not-a-number"
    /// `nan` or `inf` in a column of numbers.
    case notFinite = "not-finite"
    /// Neither a number nor a date in the column of times.
    case notATime = "not-a-time"
    /// A time with more digits than fit into 64 bits.
    case tooLarge = "too-large"
    /// A number too small to be a time since 1970, if an hour or a weekday is needed.
    case noDate = "no-date"
    /// A number that cannot be a weight.
    case notAWeight = "not-a-weight"
    /// More or fewer fields than the file has columns.
    case fieldCount = "field-count"
    /// The same on the last line, if it has no line end.
    case cutOff = "cut-off"
    /// Too few fields in a row of features. The row is kept and the rest is unknown.
    case incomplete
    /// An identifier or number that is empty or a word such as `NA`.
    case empty
    /// A quoted field without a closing quote.
    case openQuote = "open-quote"
    /// A line of JSON lines that is not an object.
    case notAnObject = "not-an-object"
    /// A second row of features for the same user or item.
    case repeated
  }

  /// The file, by its path.
  package var file: String
  /// The line number, from 1.
  package var line: Int
  /// The name of the column, or empty if the whole row has the problem.
  package var column: String
  /// The content of the column, or the number of fields if that is wrong.
  package var value: String
  /// The kind of problem.
  package var reason: Reason
  /// The expected number of fields if that is wrong, else 0.
  package var expected = 0

  /// The problem in words, without file and advice.
  var words: String {
    switch reason {
    case .notANumber: "column '\(column)' holds '\(value)', which is not a number"
    case .notFinite: "column '\(column)' holds '\(value)', which is not a finite number"
    case .notATime where TimeForm.dayFirst.reads(value) || TimeForm.monthFirst.reads(value):
      "column '\(column)' holds '\(value)': say whether the day or the month comes first, with"
        + " data.columns.dateOrder=day-first or month-first"
    case .notATime:
      "column '\(column)' holds '\(value)', which is neither a number nor a date of the calendar such"
        + " as 2024-05-31, 2024-05-31T12:00:00Z, 2024/05/31 12:00 or 31.05.2024"
    case .tooLarge: "column '\(column)' holds '\(value)', which is too large for a time"
    case .noDate:
      "column '\(column)' holds '\(value)', which has no hour and no weekday: numbers"
        + " below 100,000,000 are places in a sequence"
    case .notAWeight:
      "column '\(column)' holds '\(value)', which cannot be a weight: weights are 0 or more"
    case .fieldCount: "\(fields) where there should be \(expected)"
    case .cutOff:
      "\(fields) where there should be \(expected), and the line has no end: the file is cut off"
    case .incomplete: "\(fields) where there should be \(expected): the rest is taken as unknown"
    case .empty where value.isEmpty: "column '\(column)' is empty"
    case .empty: "column '\(column)' holds '\(value)', which means that it is missing"
    case .openQuote:
      "a quote opens a field and none closes it within 1,000 lines, before a separator or a line end:"
        + " the row is taken to end with the line"
    case .notAnObject: "the line is not a JSON object"
    case .repeated: "column '\(column)' holds '\(value)' for the second time"
    }
  }

  private var fields: String { value == "1" ? "1 field" : "\(value) fields" }

  /// The problem with its place: `ratings.inter, line 17: column 'rating' is empty`.
  public var description: String { "\(file), line \(line): \(words)" }
}
