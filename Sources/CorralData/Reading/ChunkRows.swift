/// Some rows of one chunk of a log, column by column.
struct ChunkRows: Sendable {
  /// What every row has.
  struct Entry: BitwiseCopyable {
    /// The user and the item, numbered as the chunk first names them.
    var user: Int32
    var item: Int32
    var weight: Float
  }

  /// One entry a row: together, so that a row is added at once.
  var entries: [Entry] = []
  /// One time a row, where the log has them.
  var times = TimeColumn()
  /// Columns of context: of categories as the chunk first names them, or the numbers.
  var categories: [[Int32]] = []
  var numbers: [[Float]] = []
  /// Columns of labels.
  var labels: [[Float]] = []

  var count: Int { entries.count }

  /// Columns without a row yet, with room for some.
  init(_ plan: RowPlan, capacity: Int = 0) {
    entries.reserveCapacity(capacity)
    if plan.time != nil { times.reserveCapacity(capacity) }
    func columns<Element>(_ count: Int) -> [[Element]] {
      (0..<count).map { _ in
        var column: [Element] = []
        column.reserveCapacity(capacity)
        return column
      }
    }
    categories = columns(plan.extras.categoryCount)
    numbers = columns(plan.extras.numberCount)
    labels = columns(plan.extras.labels.count)
  }
}

/// What one chunk of a log holds.
struct LogChunk: Sendable {
  /// The rows that count.
  var rows: ChunkRows
  /// The rows that say an item was shown and not taken, without context.
  var impressions: ChunkRows
  var userTable = TokenTable()
  var itemTable = TokenTable()
  /// The categories of each column of context that has some.
  var contextTables: [TokenTable]
  /// Lines, whatever is on them.
  var lines = 0
  var blankLines = 0
  /// Rows, whatever becomes of them.
  var records = 0
  /// Rows that meet a condition of the settings not.
  var excluded = 0
  /// Rows that meet none of the rules, or whose weight is 0.
  var uncounted = 0
  /// The kinds of event, where a column names them.
  var events = EventCounts()
  /// How many rows each rule was met by.
  var matches: [Int]
  /// The first problems; lines are counted from the chunk's first, as 0.
  var problems: [RowProblem] = []
  var problemCount = 0

  /// Nothing yet, with room for some rows.
  init(_ plan: RowPlan, capacity: Int = 0) {
    rows = ChunkRows(plan, capacity: capacity)
    impressions = ChunkRows(plan)
    contextTables = [TokenTable](repeating: TokenTable(), count: plan.extras.categoryCount)
    matches = [Int](repeating: 0, count: plan.rules.count)
  }
}
