/// A feature as somebody tells it, who does not know what the columns of a table hold.
package enum ToldFeature: Sendable, Equatable {
  /// A number.
  case number(Double)
  /// One or several categories.
  case categories([String])
}

extension FeatureRow {
  /// The names of columns that the categories of an item stand for if it has no such feature.
  private static let categoryColumns = ["categories", "category", "genres", "genre"]

  /// What is told of a user or an item as the columns of a table take it, and the names of the features
  /// that they do not take.
  ///
  /// A number is a text in a column of categories; texts are nothing in a column of numbers. A number that
  /// is beyond floats is unknown.
  package static func fitting(
    _ table: FeatureTable, told: [String: ToldFeature], categories: [String] = []
  ) -> (row: FeatureRow, unknown: [String]) {
    var told = told
    if !categories.isEmpty,
      let column = categoryColumns.first(where: { table[$0] != nil && told[$0] == nil })
    {
      told[column] = .categories(categories)
    }
    var row = FeatureRow()
    var unknown: [String] = []
    for (name, value) in told.sorted(by: { $0.key < $1.key }) {
      switch (table[name]?.values, value) {
      case (.categories, .categories(let words)): row[name] = .categories(words)
      case (.categories, .number(let number)):
        row[name] = .categories([Int64(exactly: number).map(String.init) ?? "\(number)"])
      case (.numbers, .number(let number)):
        let number = Float(number)
        row[name] = .number(number.isFinite ? number : .nan)
      case (.numbers, .categories), (nil, _): unknown.append(name)
      }
    }
    return (row, unknown)
  }
}
