/// What came of each of a number of interactions, beside that it happened: named columns of numbers.
///
/// A like, a share, the part of a video that was watched: what a ranker with several heads learns,
/// one head a column. 4 bytes a row and column; a table without columns costs nothing.
public struct LabelTable: Sendable {
  /// The number of interactions.
  package let count: Int
  /// The names of the columns, in the order in which settings name them.
  package let names: [String]
  /// One number a row and column: 0 or 1 for what happens or not, a share, or `nan` where nothing
  /// is known, which no loss may count.
  package let columns: [[Float]]

  /// A table that says nothing.
  package init() { self.init(count: 0, names: [], columns: []) }

  /// A table of columns that all have `count` rows.
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

  /// The column of a name.
  package subscript(name: String) -> [Float]? {
    names.firstIndex { ExactText($0) == ExactText(name) }.map { columns[$0] }
  }

  /// Whether nothing is known of any row.
  package var isEmpty: Bool { columns.isEmpty }

  /// The given rows, in that order.
  package func gathered(_ rows: some Collection<Int>) -> LabelTable {
    LabelTable(
      count: rows.count, names: names, columns: columns.map { column in rows.map { column[$0] } })
  }

  /// The bytes that the columns keep in memory.
  var residentBytes: Int { 4 * count * columns.count }
}

extension LabelTable: Equatable {
  /// Whether the same is known, and the same unknown.
  public static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.names == right.names
      && zip(left.columns, right.columns).allSatisfy(areSame)
  }
}

/// What is known of each interaction beside who, what, when and how much it counts.
package struct InteractionColumns: Sendable, Equatable {
  /// What was around each, known before it happened.
  package var context: ContextTable
  /// What came of each, known after.
  package var labels: LabelTable

  /// Both tables; without any, nothing is known.
  package init(context: ContextTable = ContextTable(), labels: LabelTable = LabelTable()) {
    self.context = context
    self.labels = labels
  }

  /// The given rows of both tables.
  func gathered(_ rows: some Collection<Int>) -> InteractionColumns {
    InteractionColumns(
      context: context.isEmpty ? ContextTable() : context.gathered(rows),
      labels: labels.isEmpty ? LabelTable() : labels.gathered(rows))
  }

  /// Whether each table has a row for each of `count` interactions, or says nothing.
  func fit(_ count: Int) -> Bool {
    (context.isEmpty || context.count == count) && (labels.isEmpty || labels.count == count)
  }
}
