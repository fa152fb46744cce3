/// The labels of a number of interactions: named columns of numbers that say what came of each.
///
/// A label is a like, a share, or the part of a video that was watched. A ranker with several heads
/// learns one column per head. A table takes 4 bytes per row and column.
package struct LabelTable: Sendable {
  /// The number of interactions.
  package let count: Int
  /// The names of the columns, in the order in which settings name them.
  package let names: [String]
  /// One number per row and column: 0 or 1 for an event, a share, or `nan` if it is unknown.
  ///
  /// No loss may count an unknown label.
  package let columns: [[Float]]

  /// Creates an empty table.
  package init() { self.init(count: 0, names: [], columns: []) }

  /// Creates a table of columns that all have `count` rows.
  package init(count: Int, names: [String] = [], columns: [[Float]] = []) {
    guard names.count == columns.count, columns.allSatisfy({ $0.count == count }) else {
      fatalError(
        "LabelTable: \(names.count) names for columns of \(columns.map(\.count)) entries, where"
          + " there are \(count) rows")
    }
    self.count = count
    self.names = names
    self.columns = columns
  }

  /// Returns the column of a name.
  package subscript(name: String) -> [Float]? {
    names.firstIndex { ExactText($0) == ExactText(name) }.map { columns[$0] }
  }

  /// Whether the table has no columns.
  package var isEmpty: Bool { columns.isEmpty }

  /// Returns the given rows, in that order.
  package func gathered(_ rows: some Collection<Int>) -> LabelTable {
    LabelTable(
      count: rows.count, names: names, columns: columns.map { column in rows.map { column[$0] } })
  }

  /// The bytes that the columns take in memory.
  var residentBytes: Int { 4 * count * columns.count }
}

extension LabelTable: Equatable {
  /// Whether the same values are known and unknown.
  package static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.names == right.names
      && zip(left.columns, right.columns).allSatisfy(areSame)
  }
}
