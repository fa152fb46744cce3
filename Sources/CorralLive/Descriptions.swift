import CorralData
package import CorralStore

/// What is known of users and items besides events: where a learner asks when it meets a new one.
package struct Descriptions {
  /// What is known of an item; `nil` for nothing.
  package var item: (String) throws -> ItemRecord?
  /// What is known of a user; `nil` for nothing.
  package var user: (String) throws -> UserRecord?

  /// Which of some users asked to be forgotten: nothing of them may be kept or learned.
  package var forgotten: (any Sequence<String>) throws -> Set<String>

  /// Descriptions that closures give.
  package init(
    item: @escaping (String) throws -> ItemRecord?, user: @escaping (String) throws -> UserRecord?,
    forgotten: @escaping (any Sequence<String>) throws -> Set<String>
  ) {
    self.item = item
    self.user = user
    self.forgotten = forgotten
  }

  /// Nothing is known of anybody.
  package static var none: Descriptions {
    Descriptions(item: { _ in nil }, user: { _ in nil }, forgotten: { _ in [] })
  }

  /// What a server was told, read beside it.
  package static func store(_ reader: StoreReader) -> Descriptions {
    Descriptions(
      item: { try reader.item($0) }, user: { try reader.user($0) },
      forgotten: { try reader.everForgotten(among: $0) })
  }
}

extension FeatureRow {
  /// The names of columns that `categories` of a record stand for if the record has no such feature.
  private static let categoryColumns = ["categories", "category", "genres", "genre"]

  /// The features of a record as the columns of a table take them, and the names of those that they
  /// do not.
  ///
  /// A number is a text in a column of categories; texts are nothing in a column of numbers.
  static func fitting(
    _ table: FeatureTable, _ features: [String: FeatureValue], categories: [String] = []
  ) -> (row: FeatureRow, unknown: [String]) {
    var features = features
    if !categories.isEmpty,
      let column = categoryColumns.first(where: { table[$0] != nil && features[$0] == nil })
    {
      features[column] = .categories(categories)
    }
    var row = FeatureRow()
    var unknown: [String] = []
    for (name, value) in features.sorted(by: { $0.key < $1.key }) {
      switch (table[name]?.values, value) {
      case (.categories, .categories(let words)): row[name] = .categories(words)
      case (.categories, .number(let number)):
        row[name] = .categories([
          number == number.rounded() ? "\(Int64(number))" : "\(number)"
        ])
      case (.numbers, .number(let number)): row[name] = .number(Float(number))
      case (.numbers, .categories), (nil, _): unknown.append(name)
      }
    }
    return (row, unknown)
  }
}
