/// The features of one user or item by the names of their columns; one that is absent is unknown.
package struct FeatureRow: Sendable, Equatable {
  /// One feature.
  package enum Value: Sendable, Equatable {
    /// Any number of categories.
    case categories([String])
    /// A number; `nan` if it is unknown.
    case number(Float)
  }

  /// The features; names are told apart by their bytes.
  fileprivate var values: [ExactText: Value] = [:]

  /// A row of which nothing is known.
  package init() {}

  /// The feature of a name.
  package subscript(name: String) -> Value? {
    get { values[ExactText(name)] }
    set { values[ExactText(name)] = newValue }
  }
}

extension FeatureRow: ExpressibleByDictionaryLiteral {
  /// The row of these features; of a name that is there twice the last counts.
  package init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements { self[name] = value }
  }
}

/// Rows of features that were checked against a table, and can be appended to it.
package struct FeatureRows: Sendable {
  /// The values of one column.
  enum Values: Sendable {
    /// Positions in the column's vocabulary, followed by those of the new words.
    case categories(Ragged<Int32>, newWords: Vocabulary)
    case numbers([Float])
  }

  /// The number of rows.
  package let count: Int
  /// The number of rows of the table before them.
  let start: Int
  /// One entry for each column of the table.
  let columns: [Values]

  /// The rows as a table holds them; costs their own length.
  ///
  /// A category that the table does not know becomes a new one. An empty one is none. Errors call a row
  /// as `subject` says, such as `new user`, and its number from 0.
  ///
  /// - Throws: `FeatureRowError` for a feature that the table does not have, or has as another kind.
  package init(_ rows: [FeatureRow], for table: FeatureTable, called subject: String) throws {
    let names = Set(table.columns.map { ExactText($0.name) })
    for (number, row) in rows.enumerated() {
      if let unknown = row.values.keys.filter({ !names.contains($0) }).min() {
        throw FeatureRowError.unknownColumn(
          unknown.text, of: "\(subject) \(number)", known: table.columns.map(\.name))
      }
    }
    count = rows.count
    start = table.count
    columns = try table.columns.map { column in
      switch column.values {
      case .categories(_, let vocabulary):
        try Self.categories(rows, called: subject, named: column.name, vocabulary)
      case .numbers: try Self.numbers(rows, called: subject, named: column.name)
      }
    }
  }

  /// The number of categories of a column of the table once the rows are there, by its position; `nil`
  /// for a column of numbers.
  package func categoryCount(of column: Int, in table: FeatureTable) -> Int? {
    guard case .categories(_, let vocabulary) = table.columns[column].values,
      case .categories(_, let newWords) = columns[column]
    else { return nil }
    return vocabulary.count + newWords.count
  }

  private static func categories(
    _ rows: [FeatureRow], called subject: String, named name: String, _ vocabulary: Vocabulary
  ) throws -> Values {
    var newWords = Vocabulary([])
    var positions = Ragged<Int32>(values: [], offsets: [0])
    for (number, row) in rows.enumerated() {
      switch row[name] {
      case nil: positions.append([])
      case .number:
        throw FeatureRowError.otherKind(name, of: "\(subject) \(number)", needed: .categories)
      case .categories(let words):
        positions.append(
          words.filter { !$0.isEmpty }.map { word in
            Int32(
              vocabulary.exactPosition(of: word) ?? vocabulary.count + newWords.intern(word))
          })
      }
    }
    return .categories(positions, newWords: newWords)
  }

  private static func numbers(
    _ rows: [FeatureRow], called subject: String, named name: String
  ) throws -> Values {
    .numbers(
      try rows.enumerated().map { number, row in
        switch row[name] {
        case nil: .nan
        case .number(let value): value
        case .categories:
          throw FeatureRowError.otherKind(name, of: "\(subject) \(number)", needed: .number)
        }
      })
  }
}

/// A row that does not fit into a table of features.
package enum FeatureRowError: Error, Equatable, CustomStringConvertible {
  /// What a column holds.
  package enum Kind: Sendable, Equatable {
    /// Categories.
    case categories
    /// A number.
    case number
  }

  /// A feature that the table does not have.
  case unknownColumn(String, of: String, known: [String])
  /// A number where the column has categories, or the other way round.
  case otherKind(String, of: String, needed: Kind)

  /// What is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .unknownColumn(let name, let row, let known):
      "\(row) has a feature '\(name)', and the model knows \(listed(known)): "
        + "leave it out, or train a model with it"
    case .otherKind(let name, let row, .categories):
      "\(row): '\(name)' is a number, and the model knows its categories: give texts"
    case .otherKind(let name, let row, .number):
      "\(row): '\(name)' is made of texts, and the model knows its numbers: give a number"
    }
  }
}
