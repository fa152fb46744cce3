import CorralVectors

/// Reads a log into columns: chunks in parallel, then one numbering for all.
///
/// Users and items are numbered by their first occurrence in the files, whatever the number of
/// threads and chunks.
struct InteractionReader {
  /// The columns of all files, with the vocabularies of users and items.
  struct Log: Sendable {
    var log: InteractionLog
    /// The impressions, with weight 0.
    var impressions: InteractionLog
    var users: Vocabulary
    var items: Vocabulary
    /// Notes on the times.
    var notes: [DataNote] = []
  }

  private(set) var chunks: [LogChunk] = []
  private(set) var userTable = TokenTable()
  private(set) var itemTable = TokenTable()
  private(set) var userPositions: [[Int32]] = []
  private(set) var itemPositions: [[Int32]] = []
  private(set) var contextTables: [TokenTable] = []
  /// For each chunk the positions of each column of categories.
  private(set) var contextPositions: [[[Int32]]] = []
  private(set) var extras = ColumnPlan()
  private(set) var events = EventCounts()
  private(set) var problems: [RowProblem] = []
  private(set) var problemCount = 0
  private let problemLimit: Int

  init(problemLimit: Int) { self.problemLimit = problemLimit }

  /// Reads one file and counts what happened to its rows.
  mutating func read(_ file: FileBytes, plan: RowPlan) throws -> LoadReport.File {
    var report = LoadReport.File(path: file.path, bytes: file.size)
    try take(plan.extras, of: file.path)
    var line = 1
    var isFirst = true
    let ends = RecordEnds(plan.layout)
    try file.withBlocks(endingBy: ends) { block in
      var body = block.bytes
      var spans = block.spans
      if isFirst, plan.layout.hasHeader {
        var records = RecordWalk(body, ends)
        while let record = records.next() {
          line += record.lines
          if record.field.count > 0 { break }
        }
        let start = min(records.place, body.count)
        body = UnsafeRawBufferPointer(rebasing: body[start...])
        spans = spans.compactMap { span in
          span.lowerBound < start ? nil : span.lowerBound - start..<span.upperBound - start
        }
      }
      isFirst = false
      for chunk in read(body, cutBetween: spans, ends, plan: plan, path: file.path) {
        add(chunk, to: &report, firstLine: line)
        line += chunk.lines
      }
    }
    if report.rows == 0, report.badRows == 0 { throw DataError.emptyFile(file.path) }
    return report
  }

  private func read(
    _ block: UnsafeRawBufferPointer, cutBetween spans: [Range<Int>], _ ends: RecordEnds,
    plan: RowPlan, path: String
  ) -> [LogChunk] {
    let pieces = pieces(of: block, cutBetween: spans, ends)
    let reader = ChunkReader(plan: plan, path: path, problemLimit: problemLimit)
    // All threads read it and none changes it, and it outlives them.
    nonisolated(unsafe) let block = block
    return Parallel.map(pieces.count, grain: 1) { range in
      reader.read(UnsafeRawBufferPointer(rebasing: block[pieces[range.lowerBound]]))
    }
  }

  /// Cuts a block into pieces of whole records, at least a quarter of a megabyte each.
  private func pieces(
    of block: UnsafeRawBufferPointer, cutBetween spans: [Range<Int>], _ ends: RecordEnds
  ) -> [Range<Int>] {
    let wanted = max(1, min(Parallel.threads * 2, block.count >> 18))
    var pieces: [Range<Int>] = []
    var first = 0
    for piece in 1...wanted {
      var end = piece == wanted ? block.count : max(first, block.count / wanted * piece)
      if piece < wanted { end = ends.recordEnd(in: block, from: end, spans: spans) }
      if end > first { pieces.append(first..<end) }
      first = end
    }
    return pieces
  }

  private mutating func add(_ chunk: LogChunk, to report: inout LoadReport.File, firstLine: Int) {
    report.rows += chunk.records
    report.blankLines += chunk.blankLines
    report.badRows += chunk.problemCount
    report.excluded += chunk.excluded
    report.uncounted += chunk.uncounted
    report.kept += chunk.rows.count
    report.impressions += chunk.impressions.count
    if report.matches.isEmpty { report.matches = [Int](repeating: 0, count: chunk.matches.count) }
    events.merge(chunk.events)
    for rule in chunk.matches.indices { report.matches[rule] += chunk.matches[rule] }
    for var problem in chunk.problems.prefix(problemLimit - problems.count) {
      problem.line += firstLine
      problems.append(problem)
    }
    problemCount += chunk.problemCount
    userPositions.append(merge(chunk.userTable, into: &userTable))
    itemPositions.append(merge(chunk.itemTable, into: &itemTable))
    contextPositions.append(
      contextTables.indices.map { merge(chunk.contextTables[$0], into: &contextTables[$0]) })
    var columns = chunk
    columns.userTable = TokenTable()
    columns.itemTable = TokenTable()
    columns.contextTables = []
    chunks.append(columns)
  }

  /// Adopts the columns of a file, which must be the same in all files.
  private mutating func take(_ plan: ColumnPlan, of path: String) throws {
    if extras.isEmpty {
      extras = plan
      contextTables = [TokenTable](repeating: TokenTable(), count: plan.categoryCount)
      return
    }
    for (one, other) in zip(extras.context, plan.context) where one.isNumber != other.isNumber {
      throw SettingError(
        "context", text: one.name,
        "by their headers it is a number in one file and a category in \(path); say which"
          + " with '\(one.name):token' or '\(one.name):float'")
    }
  }

  private func merge(_ local: TokenTable, into table: inout TokenTable) -> [Int32] {
    if table.count == 0 {
      table = local
      return (0..<Int32(local.count)).map(\.self)
    }
    return (0..<local.count).map { position in
      local.withField(position) { table.intern($0) }
    }
  }
}
