/// Counts the rows of a log by kind of event.
struct EventCounts: Sendable {
  /// The most kinds that are counted; a column with more does not hold kinds of event.
  static let mostKinds = 1_000

  private var table = TokenTable()
  private var rows: [Int] = []
  private var counted: [Int] = []

  /// Counts a row and returns the number of its kind, or `nil` if there are too many kinds.
  mutating func add(_ kind: Field) -> Int? {
    if let known = table.position(of: kind) {
      rows[Int(known)] += 1
      return Int(known)
    }
    guard table.count < Self.mostKinds else { return nil }
    _ = table.intern(kind)
    rows.append(1)
    counted.append(0)
    return rows.count - 1
  }

  /// Notes that the row of this kind that was just added meets a rule.
  mutating func count(_ kind: Int) { counted[kind] += 1 }

  /// Adds the counts of other rows.
  mutating func merge(_ other: EventCounts) {
    for kind in other.rows.indices {
      let position = other.table.withField(kind) { field in
        table.position(of: field) ?? (table.count < Self.mostKinds ? table.intern(field) : nil)
      }
      guard let position = position.map(Int.init) else { continue }
      if position == rows.count {
        rows.append(0)
        counted.append(0)
      }
      rows[position] += other.rows[kind]
      counted[position] += other.counted[kind]
    }
  }

  /// Returns the kinds, the most frequent first.
  ///
  /// Without rules every row counts.
  func kinds(hasRules: Bool) -> [LoadReport.EventKind] {
    rows.indices.map { kind in
      LoadReport.EventKind(
        name: table.texts[kind], rows: rows[kind], counted: hasRules ? counted[kind] : rows[kind])
    }.sorted {
      $0.rows > $1.rows || ($0.rows == $1.rows && ExactText($0.name) < ExactText($1.name))
    }
  }
}
