/// The layout of a table: how fields are separated, and what the columns hold.
struct TableLayout: Sendable, Equatable {
  /// How the fields of a line are separated.
  enum Dialect: Sendable, Equatable {
    /// By one byte that no field holds.
    case separated(UInt8)
    /// By one byte; a field in double quotes can hold it, and `""` is a quote.
    case quoted(UInt8)
    /// By two colons.
    case doubleColon
    /// One JSON object per line; members are found by the names of the columns.
    case json
  }

  /// One column.
  struct Column: Sendable, Equatable {
    /// What the values of a column are.
    enum Kind: Sendable, Equatable {
      /// One token.
      case token
      /// Any number of tokens, separated by this byte.
      case tokens(separator: UInt8)
      /// One number.
      case number
      /// Any number of numbers, separated by spaces.
      case numbers
      /// 1 if the row belongs to the category that the column is named after, else 0.
      case flag
      /// A column that is not used.
      case ignored
    }

    var name: String
    var kind: Kind
  }

  var dialect: Dialect
  /// Whether the first line names the columns.
  var hasHeader: Bool
  var columns: [Column]
  /// Whether the format defines the types of the columns; otherwise their content decides.
  var isTyped = true
  /// Whether spaces around fields belong to the separators.
  var trimsSpaces = false
  /// The number of columns at the end without a name, which rows may leave out.
  var namelessColumns = 0
  /// The values of the first row of a file without header; settings can name columns by them.
  var firstValues: [String] = []
  /// Remarks on what was guessed about the layout, one line each.
  var notes: [String] = []

  var names: [String] { columns.map(\.name) }

  /// Returns the column of a name, spelled exactly or in a usual variant (`userId`, `user_id`,
  /// `UserID`).
  ///
  /// If there is none, a whole number from 1 is the place of a column, and in a file without header
  /// a value of the first row names its column.
  func column(named name: String) -> Int? {
    if let found = columns.firstIndex(where: { ExactText($0.name) == ExactText(name) })
      ?? columns.firstIndex(where: { plain($0.name) == plain(name) })
    {
      return found
    }
    if let place = Int(name), columns.indices.contains(place - 1) { return place - 1 }
    return firstValues.firstIndex { $0.utf8.elementsEqual(name.utf8) }
  }

  /// Returns the first column with one of these names.
  func column(named names: [String]) -> Int? {
    for name in names {
      if let column = column(named: name) { return column }
    }
    return nil
  }
}

/// Returns a name in lower case without spaces, dashes and underscores.
func plain(_ name: String) -> String {
  name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
}
