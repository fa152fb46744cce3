/// How a table lies in its file: what separates fields, and what the columns are.
struct TableLayout: Sendable, Equatable {
  /// How the fields of a line are told apart.
  enum Dialect: Sendable, Equatable {
    /// One byte between fields, which no field holds.
    case separated(UInt8)
    /// One byte between fields; a field in double quotes may hold it, and `""` is a quote.
    case quoted(UInt8)
    /// Two colons between fields.
    case doubleColon
    /// A JSON object a line; fields are found by the names of the columns.
    case json
  }

  /// One column.
  struct Column: Sendable, Equatable {
    /// What the values of a column are.
    enum Kind: Sendable, Equatable {
      /// One token.
      case token
      /// Any number of tokens with this byte between them.
      case tokens(separator: UInt8)
      /// One number.
      case number
      /// Any number of numbers with spaces between them.
      case numbers
      /// 1 where the row belongs to the category that the column is named for, else 0.
      case flag
      /// Something of no use.
      case ignored
    }

    var name: String
    var kind: Kind
  }

  var dialect: Dialect
  /// Whether the first line names the columns.
  var hasHeader: Bool
  var columns: [Column]
  /// Whether the format says what the columns hold; else the values do.
  var isTyped = true
  /// Whether spaces around fields belong to the separators.
  var trimsSpaces = false
  /// How many columns at the end have no name: rows may leave them out.
  var namelessColumns = 0
  /// The values of the first row, where no line names the columns: they find their columns too.
  var firstValues: [String] = []
  /// What was guessed of the layout, a line each.
  var notes: [String] = []

  var names: [String] { columns.map(\.name) }

  /// The column of this name: exactly, or as people vary it (`userId`, `user_id`, `UserID`).
  ///
  /// Where no column is called so, a whole number from 1 on is the place of one, and in a file without
  /// names a value of the first row finds its column.
  func column(named name: String) -> Int? {
    if let found = columns.firstIndex(where: { ExactText($0.name) == ExactText(name) })
      ?? columns.firstIndex(where: { plain($0.name) == plain(name) })
    {
      return found
    }
    if let place = Int(name), columns.indices.contains(place - 1) { return place - 1 }
    return firstValues.firstIndex { $0.utf8.elementsEqual(name.utf8) }
  }

  /// The first column with one of these names.
  func column(named names: [String]) -> Int? {
    for name in names {
      if let column = column(named: name) { return column }
    }
    return nil
  }
}

/// A name without case, spaces, dashes and underscores.
func plain(_ name: String) -> String {
  name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
}
