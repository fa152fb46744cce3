/// The features of every user or every item: named columns with one row each, in vocabulary order.
package struct FeatureTable: Sendable, Equatable {
  /// The number of users or items.
  package let count: Int
  /// The columns, in the order of their file.
  package let columns: [FeatureColumn]

  /// Creates a table of columns that all have `count` rows.
  package init(count: Int, columns: [FeatureColumn] = []) {
    precondition(
      columns.allSatisfy { $0.count == count },
      "every feature column has one row for each of the \(count) users or items")
    self.count = count
    self.columns = columns
  }

  /// Returns the column of a name.
  package subscript(name: String) -> FeatureColumn? {
    columns.first { ExactText($0.name) == ExactText(name) }
  }
}

/// One named feature of every user or item.
package struct FeatureColumn: Sendable, Equatable {
  /// The values of a column.
  package enum Values: Sendable, Equatable {
    /// Any number of categories per row, as positions in the vocabulary. A row without a known
    /// value has none, and one of a multi-valued feature such as genres can have several.
    case categories(Ragged<Int32>, vocabulary: Vocabulary)
    /// One number per row; `nan` if it is unknown.
    case numbers([Float])
  }

  /// The name, as in the header of its file.
  package let name: String
  /// One row for each user or item.
  package let values: Values

  /// Creates a column with a name.
  package init(name: String, values: Values) {
    self.name = name
    self.values = values
  }

  /// The number of rows.
  package var count: Int {
    switch values {
    case .categories(let rows, _): rows.count
    case .numbers(let numbers): numbers.count
    }
  }

  /// Whether two columns have names of the same bytes and the same values.
  package static func == (left: Self, right: Self) -> Bool {
    ExactText(left.name) == ExactText(right.name) && left.values == right.values
  }
}
