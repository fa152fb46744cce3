/// What is told of an item, over what a table has of it.
package struct DescribedItem: Sendable, Equatable {
  /// The item's row in the table; `nil` for an item that the table does not have.
  package let item: ItemIndex?
  /// What is told; it stands over what the table has.
  package let told: FeatureRow

  /// What is told of an item of a table, or of another one.
  package init(item: ItemIndex?, told: FeatureRow) {
    self.item = item
    self.told = told
  }
}

extension FeatureTable {
  /// A table with the columns of this one, and one row for each of some items as it is described.
  ///
  /// A category that this table does not have counts as unknown, as does what its column cannot hold.
  package func described(_ items: [DescribedItem]) -> FeatureTable {
    FeatureTable(
      count: items.count,
      columns: columns.map { column in
        switch column.values {
        case .categories(let rows, let vocabulary):
          FeatureColumn(
            name: column.name,
            values: .categories(
              Ragged(
                items.map { described -> [Int32] in
                  switch (described.told[column.name], described.item) {
                  case (.categories(let words), _):
                    words.compactMap { vocabulary.exactPosition(of: $0).map(Int32.init) }
                  case (.number, _), (nil, nil): []
                  case (nil, let item?): Array(rows[item.position])
                  }
                }), vocabulary: vocabulary))
        case .numbers(let numbers):
          FeatureColumn(
            name: column.name,
            values: .numbers(
              items.map { described in
                switch (described.told[column.name], described.item) {
                case (.number(let number), _): number
                case (.categories, _), (nil, nil): .nan
                case (nil, let item?): numbers[item.position]
                }
              }), standardisation: column.standardisation)
        }
      })
  }

  /// Whether a row of this table has a category or a number.
  package func isKnown(_ row: Int) -> Bool {
    columns.contains { column in
      switch column.values {
      case .categories(let rows, _): !rows[row].isEmpty
      case .numbers(let numbers): numbers[row].isFinite
      }
    }
  }

  /// Whether a row of this table says the same as a row of another with the same columns; the order of
  /// categories says nothing.
  package func row(_ row: Int, equals other: Int, of table: FeatureTable) -> Bool {
    zip(columns, table.columns).allSatisfy { own, column in
      switch (own.values, column.values) {
      case (.categories(let mine, _), .categories(let theirs, _)):
        mine[row].elementsEqual(theirs[other]) || mine[row].sorted() == theirs[other].sorted()
      case (.numbers(let mine), .numbers(let theirs)):
        mine[row] == theirs[other] || (!mine[row].isFinite && !theirs[other].isFinite)
      default: false
      }
    }
  }
}
