/// What is known about every user or every item besides their interactions: named columns with one
/// row each, in vocabulary order.
public struct FeatureTable: Sendable, Equatable {
  /// The number of users or items.
  package let count: Int
  /// The columns, in the order of their file.
  package let columns: [FeatureColumn]

  /// A table of columns that all have `count` rows.
  package init(count: Int, columns: [FeatureColumn] = []) {
    precondition(
      columns.allSatisfy { $0.count == count },
      "every feature column has one row for each of the \(count) users or items")
    self.count = count
    self.columns = columns
  }

  /// The column of a name.
  package subscript(name: String) -> FeatureColumn? {
    columns.first { ExactText($0.name) == ExactText(name) }
  }
}

/// One named feature of every user or item.
package struct FeatureColumn: Sendable, Equatable {
  /// What the column holds.
  package enum Values: Sendable, Equatable {
    /// Any number of categories a row, as positions in the vocabulary: none where nothing is known,
    /// one for an ordinary category, several for a multi-valued one such as genres.
    case categories(Ragged<Int32>, vocabulary: Vocabulary)
    /// One number a row, `nan` where nothing is known.
    case numbers([Float])
  }

  /// The name, as in the header of its file.
  package let name: String
  /// One row for each user or item.
  package let values: Values

  /// A column under a name.
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

  /// Whether two columns have names of the same bytes, and the same values.
  package static func == (left: Self, right: Self) -> Bool {
    ExactText(left.name) == ExactText(right.name) && left.values == right.values
  }
}
