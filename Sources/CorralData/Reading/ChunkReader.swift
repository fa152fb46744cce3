/// Reads the rows of one chunk of a log from bytes into columns.
struct ChunkReader {
  let plan: RowPlan
  let path: String
  /// The most problems that a chunk keeps; all are counted.
  let problemLimit: Int

  /// Reads whole records.
  ///
  /// Only the last record of a file can lack a line end.
  func read(_ bytes: UnsafeRawBufferPointer) -> LogChunk {
    // Lines are rarely below 12 bytes, so that this guess is rarely too low.
    var chunk = LogChunk(plan, capacity: bytes.count / 14)
    let splitter = LineSplitter(layout: plan.layout)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, plan.numbers.count)) {
      numbers in
      numbers.initialize(repeating: 0)
      var row = RowReader(plan: plan, splitter: splitter, numbers: numbers)
      var records = RecordWalk(bytes, RecordEnds(plan.layout))
      while let record = records.next() {
        if record.field.count == 0 {
          chunk.blankLines += 1
        } else {
          chunk.records += 1
          if let found = row.read(record.field, into: &chunk, isCut: !record.hasEnd) {
            chunk.problemCount += 1
            if chunk.problems.count < problemLimit {
              var problem = found
              problem.file = path
              problem.line = chunk.lines
              chunk.problems.append(problem)
            }
          }
        }
        chunk.lines += record.lines
      }
    }
    return chunk
  }
}

/// The rows of one chunk of a log, column by column.
struct ChunkRows: Sendable {
  /// The part that every row has.
  struct Entry: BitwiseCopyable {
    /// The user and the item, numbered by their first occurrence in the chunk.
    var user: Int32
    var item: Int32
    var weight: Float
  }

  /// One entry per row: in one array, so that a row is added at once.
  var entries: [Entry] = []
  /// The times of the rows, if the log has them.
  var times = TimeColumn()
  /// The columns of context with categories, numbered by first occurrence in the chunk, and those
  /// with numbers.
  var categories: [[Int32]] = []
  var numbers: [[Float]] = []
  /// The columns of labels.
  var labels: [[Float]] = []

  var count: Int { entries.count }

  /// Creates columns without rows, with room for some.
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

/// The content of one chunk of a log.
struct LogChunk: Sendable {
  /// The rows that are interactions.
  var rows: ChunkRows
  /// The rows that are impressions, without context.
  var impressions: ChunkRows
  var userTable = TokenTable()
  var itemTable = TokenTable()
  /// The categories of each column of context with categories.
  var contextTables: [TokenTable]
  /// The number of lines, including blank ones.
  var lines = 0
  var blankLines = 0
  /// The number of rows, including bad and dropped ones.
  var records = 0
  /// Rows dropped by a `data.only` condition.
  var excluded = 0
  /// Rows that match no rule of `data.events` or have weight 0.
  var uncounted = 0
  /// The kinds of event, if a column names them.
  var events = EventCounts()
  /// The number of rows that matched each rule.
  var matches: [Int]
  /// The first problems, with line 0 at the start of the chunk.
  var problems: [RowProblem] = []
  var problemCount = 0

  /// Creates an empty chunk with room for some rows.
  init(_ plan: RowPlan, capacity: Int = 0) {
    rows = ChunkRows(plan, capacity: capacity)
    impressions = ChunkRows(plan)
    contextTables = [TokenTable](repeating: TokenTable(), count: plan.extras.categoryCount)
    matches = [Int](repeating: 0, count: plan.rules.count)
  }
}
