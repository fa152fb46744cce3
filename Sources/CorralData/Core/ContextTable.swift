/// The context of a number of requests or interactions: named columns with one entry each.
///
/// Context is known when candidates are asked for, and changes between the requests of a user: a
/// tab, an hour, a device, a price on the day. A table can have no columns.
package struct ContextTable: Sendable, Equatable {
  /// The number of requests or interactions.
  package let count: Int
  /// The columns, in the order in which settings name them.
  package let columns: [ContextColumn]

  /// Creates an empty table.
  package init() { self.init(count: 0) }

  /// Creates a table of columns that all have `count` entries.
  package init(count: Int, columns: [ContextColumn] = []) {
    if let wrong = columns.first(where: { $0.count != count }) {
      fatalError(
        "ContextTable: column '\(wrong.name)' has \(wrong.count) entries for \(count) rows")
    }
    self.count = count
    self.columns = columns
  }

  /// Returns the column of a name.
  package subscript(name: String) -> ContextColumn? {
    columns.first { ExactText($0.name) == ExactText(name) }
  }

  /// Whether the table has no columns.
  package var isEmpty: Bool { columns.isEmpty }

  /// The columns without rows: the names and vocabularies that requests are encoded with.
  package var schema: ContextTable { gathered([Int]()) }

  /// Returns the given rows, in that order.
  package func gathered(_ rows: some Collection<Int>) -> ContextTable {
    if columns.isEmpty { return ContextTable(count: rows.count) }
    return ContextTable(count: rows.count, columns: columns.map { $0.gathered(rows) })
  }

  /// Returns the given rows, in that order; all values of a `nil` row are unknown.
  package func gathered(_ rows: [Int?]) -> ContextTable {
    ContextTable(count: rows.count, columns: columns.map { $0.gathered(rows) })
  }

  /// Encodes requests in raw texts as rows of this table: `[["tab": "1", "hour": "20"]]`.
  ///
  /// A category outside the vocabulary and a column that a request leaves out are unknown. Throws
  /// `SettingError` for an unknown column and for a text that should be a number.
  package func encoded(_ requests: [[String: String]]) throws -> ContextTable {
    for name in requests.lazy.flatMap(\.keys) where self[name] == nil {
      throw SettingError(
        "context", text: name,
        columns.isEmpty
          ? "no context is known here: name its columns with data.context and train again"
          : "the context has \(listed(columns.map(\.name)))")
    }
    return ContextTable(
      count: requests.count, columns: try columns.map { try $0.encoded(requests) })
  }

  /// The bytes that the columns take in memory, without their vocabularies.
  var residentBytes: Int { 4 * count * columns.count }
}

/// One named column of a context: 4 bytes per row.
package struct ContextColumn: Sendable, Equatable {
  /// The values of a column.
  package enum Values: Sendable {
    /// One category per row, as its position in the vocabulary; -1 if it is unknown.
    case categories([Int32], vocabulary: Vocabulary)
    /// One number per row; `nan` if it is unknown.
    case numbers([Float])
  }

  /// The name, as in the settings.
  package let name: String
  /// One entry per row.
  package let values: Values

  /// Creates a column with a name.
  package init(name: String, values: Values) {
    self.name = name
    self.values = values
  }

  /// The number of rows.
  package var count: Int {
    switch values {
    case .categories(let positions, _): positions.count
    case .numbers(let numbers): numbers.count
    }
  }

  /// Whether two columns have names of the same bytes and the same values.
  package static func == (left: Self, right: Self) -> Bool {
    ExactText(left.name) == ExactText(right.name) && left.values == right.values
  }

  func gathered(_ rows: some Collection<Int>) -> ContextColumn {
    switch values {
    case .categories(let positions, let vocabulary):
      ContextColumn(
        name: name, values: .categories(rows.map { positions[$0] }, vocabulary: vocabulary))
    case .numbers(let numbers):
      ContextColumn(name: name, values: .numbers(rows.map { numbers[$0] }))
    }
  }

  func gathered(_ rows: [Int?]) -> ContextColumn {
    switch values {
    case .categories(let positions, let vocabulary):
      let known = rows.map { $0.map { positions[$0] } ?? -1 }
      return ContextColumn(name: name, values: .categories(known, vocabulary: vocabulary))
    case .numbers(let numbers):
      return ContextColumn(
        name: name, values: .numbers(rows.map { $0.map { numbers[$0] } ?? .nan }))
    }
  }

  func encoded(_ requests: [[String: String]]) throws -> ContextColumn {
    // A dictionary regards two spellings of one accent as the same key.
    func entry(_ request: [String: String]) -> String? {
      guard let found = request.index(forKey: name),
        ExactText(request[found].key) == ExactText(name)
      else { return nil }
      return request[found].value
    }
    switch values {
    case .categories(_, let vocabulary):
      let positions = requests.map { request in
        entry(request).flatMap(vocabulary.position).map(Int32.init) ?? -1
      }
      return ContextColumn(name: name, values: .categories(positions, vocabulary: vocabulary))
    case .numbers:
      let numbers = try requests.map { request in
        guard let text = entry(request), !text.isEmpty else { return Float.nan }
        guard let number = Float(text), number.isFinite else {
          throw SettingError("context.\(name)", text: text, "a finite number is needed")
        }
        return number
      }
      return ContextColumn(name: name, values: .numbers(numbers))
    }
  }
}

extension ContextColumn.Values: Equatable {
  /// Whether the same values are known and unknown.
  package static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.categories(let left, let leftWords), .categories(let right, let rightWords)):
      left == right && leftWords == rightWords
    case (.numbers(let left), .numbers(let right)): areSame(left, right)
    default: false
    }
  }
}

/// Whether two columns hold the same numbers; two unknown numbers are the same.
func areSame(_ left: [Float], _ right: [Float]) -> Bool {
  left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
}
