/// The features of every user or every item: named columns with one row each, in vocabulary order.
///
/// A table can grow by rows: `append(_:)`.
package struct FeatureTable: Sendable, Equatable {
  /// The number of users or items.
  package private(set) var count: Int
  /// The columns, in the order of their file.
  package private(set) var columns: [FeatureColumn]

  /// Creates a table of columns that all have `count` rows.
  package init(count: Int, columns: [FeatureColumn] = []) {
    precondition(
      columns.allSatisfy { $0.count == count },
      "every feature column has one row for each of the \(count) users or items")
    self.count = count
    self.columns = columns
  }

  /// Appends rows that were checked against this table as it is; amortised, they cost their own
  /// length.
  package mutating func append(_ rows: FeatureRows) {
    if rows.start != count || rows.columns.count != columns.count {
      fatalError(
        "FeatureTable: rows made for a table of \(rows.start) rows and \(rows.columns.count) columns "
          + "do not follow \(count) rows of \(columns.count) columns")
    }
    for (position, values) in rows.columns.enumerated() { columns[position].append(values) }
    count += rows.count
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
  package private(set) var values: Values
  /// How a column of numbers is standardised; `nil` if it follows from the rows that are there.
  ///
  /// The first row that is appended sets it, from the rows before it: later ones must not move what a
  /// network has learned to read.
  package private(set) var standardisation: Standardisation?

  /// Creates a column with a name.
  package init(name: String, values: Values, standardisation: Standardisation? = nil) {
    self.name = name
    self.values = values
    self.standardisation = standardisation
  }

  /// Appends values of the same kind.
  fileprivate mutating func append(_ added: FeatureRows.Values) {
    switch added {
    case .categories(let addedRows, let newWords):
      guard case .categories(var rows, var vocabulary) = taken() else { failToAppend() }
      for row in 0..<addedRows.count { rows.append(addedRows[row]) }
      for word in newWords.ids { _ = vocabulary.intern(word) }
      values = .categories(rows, vocabulary: vocabulary)
    case .numbers(let addedNumbers):
      guard case .numbers(var numbers) = taken() else { failToAppend() }
      if standardisation == nil { standardisation = Standardisation(of: numbers) }
      numbers += addedNumbers
      values = .numbers(numbers)
    }
  }

  /// The values, which the column no longer has: appending to arrays that someone else has too would
  /// copy them.
  private mutating func taken() -> Values {
    var taken = Values.numbers([])
    swap(&taken, &values)
    return taken
  }

  private func failToAppend() -> Never {
    fatalError("FeatureTable: rows of column '\(name)' are of another kind")
  }

  /// The number of rows.
  package var count: Int {
    switch values {
    case .categories(let rows, _): rows.count
    case .numbers(let numbers): numbers.count
    }
  }

  /// Whether two columns have names of the same bytes, the same values and the same standardisation.
  package static func == (left: Self, right: Self) -> Bool {
    ExactText(left.name) == ExactText(right.name) && left.values == right.values
      && left.standardisation == right.standardisation
  }
}
