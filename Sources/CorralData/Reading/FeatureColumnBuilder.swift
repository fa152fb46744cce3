/// Collects one column of features, row by row in file order.
struct FeatureColumnBuilder {
  private let kind: TableLayout.Column.Kind
  private var table = TokenTable()
  private var values: [Int32] = []
  private var offsets: [Int] = [0]
  private var numbers: [[Float]] = []

  init(_ kind: TableLayout.Column.Kind) {
    self.kind = kind
  }

  /// Adds one row.
  mutating func append(_ field: Field) {
    switch kind {
    case .token:
      if field.count > 0 { add(field) }
      endRow()
    case .tokens(let separator):
      eachPart(of: field, separator) { values.append(table.intern($0)) }
      endRow()
    case .number:
      numbers.append([field.featureNumber.value])
    case .numbers:
      var row: [Float] = []
      eachPart(of: field, Byte.space) { row.append($0.featureNumber.value) }
      numbers.append(row)
    case .flag, .ignored: break
    }
  }

  /// Adds one category to the current row.
  mutating func add(_ field: Field) { values.append(table.intern(field)) }

  /// Ends the current row of categories.
  mutating func endRow() { offsets.append(values.count) }

  private func eachPart(of field: Field, _ separator: UInt8, _ body: (Field) -> Void) {
    var first = 0
    for at in 0...field.count where at == field.count || field.start[at] == separator {
      if at > first { body(Field(start: field.start + first, count: at - first)) }
      first = at + 1
    }
  }

  /// Whether nearly every row has a different text, as with descriptions and addresses.
  ///
  /// Such a column is of no use to a model. False for fewer than ten rows.
  var isTexts: Bool {
    guard kind == .token, values.count >= 10 else { return false }
    return table.count * 20 > values.count * 19
  }

  /// Returns the column in vocabulary order.
  ///
  /// `rowOf` is the row of each user or item, or -1. A sequence of numbers becomes one column for
  /// each place: `name.0`, `name.1`, ...
  func columns(named name: String, rowOf: [Int32]) -> [FeatureColumn] {
    switch kind {
    case .token, .tokens:
      let rows = Ragged(
        rowOf.map { $0 < 0 ? [] : values[offsets[Int($0)]..<offsets[Int($0) + 1]] })
      let categories = FeatureColumn.Values.categories(rows, vocabulary: Vocabulary(table: table))
      return [FeatureColumn(name: name, values: categories)]
    case .number:
      let column = rowOf.map { $0 < 0 ? .nan : numbers[Int($0)][0] }
      return [FeatureColumn(name: name, values: .numbers(column))]
    case .numbers:
      let width = numbers.map(\.count).max() ?? 0
      return (0..<width).map { place in
        let column = rowOf.map { row in
          row >= 0 && place < numbers[Int(row)].count ? numbers[Int(row)][place] : Float.nan
        }
        return FeatureColumn(name: "\(name).\(place)", values: .numbers(column))
      }
    case .flag, .ignored: return []
    }
  }
}
