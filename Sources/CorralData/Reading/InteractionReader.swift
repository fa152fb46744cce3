import CorralVectors

/// Reads a log into columns: chunks of lines in parallel, then one numbering for all of them.
///
/// Users and items are numbered in the order in which the files first name them, whatever the
/// number of threads and chunks.
struct InteractionReader {
  /// The columns of all files, and the identifiers behind them.
  struct Log: Sendable {
    var log: InteractionLog
    var users: Vocabulary
    var items: Vocabulary
  }

  private var chunks: [LogChunk] = []
  private var userTable = TokenTable()
  private var itemTable = TokenTable()
  private var userPositions: [[Int32]] = []
  private var itemPositions: [[Int32]] = []
  private(set) var problems: [RowProblem] = []
  private(set) var problemCount = 0
  private let problemLimit: Int

  init(problemLimit: Int) { self.problemLimit = problemLimit }

  /// Reads one file and says how many of its rows went where.
  mutating func read(_ file: FileBytes, plan: RowPlan) throws -> LoadReport.File {
    var report = LoadReport.File(path: file.path, bytes: file.size)
    var line = 1
    var isFirst = true
    try file.withBlocks { block in
      var body = block
      if isFirst, plan.layout.hasHeader {
        let end = block.firstIndex(of: Byte.newline).map { $0 + 1 } ?? block.count
        body = UnsafeRawBufferPointer(rebasing: block[end...])
        line += 1
      }
      isFirst = false
      for chunk in read(body, plan: plan, path: file.path) {
        add(chunk, to: &report, firstLine: line)
        line += chunk.lines
      }
    }
    if report.rows == 0, report.badRows == 0 { throw DataError.emptyFile(file.path) }
    return report
  }

  private func read(_ block: UnsafeRawBufferPointer, plan: RowPlan, path: String) -> [LogChunk] {
    let pieces = lines(of: block)
    let reader = ChunkReader(plan: plan, path: path, problemLimit: problemLimit)
    // Read by all threads, changed by none, and longer there than they are.
    nonisolated(unsafe) let block = block
    return Parallel.map(pieces.count, grain: 1) { range in
      let piece = range.lowerBound
      let bytes = UnsafeRawBufferPointer(rebasing: block[pieces[piece]])
      return reader.read(bytes, isLast: pieces[piece].upperBound == block.count)
    }
  }

  /// The block cut into pieces of whole lines: at least a quarter of a megabyte each.
  private func lines(of block: UnsafeRawBufferPointer) -> [Range<Int>] {
    let wanted = max(1, min(Parallel.threads * 2, block.count >> 18))
    var pieces: [Range<Int>] = []
    var first = 0
    for piece in 1...wanted {
      var end = piece == wanted ? block.count : max(first, block.count / wanted * piece)
      if piece < wanted {
        end = block[end...].firstIndex(of: Byte.newline).map { $0 + 1 } ?? block.count
      }
      if end > first { pieces.append(first..<end) }
      first = end
    }
    return pieces
  }

  private mutating func add(_ chunk: LogChunk, to report: inout LoadReport.File, firstLine: Int) {
    report.rows += chunk.lines - chunk.blankLines
    report.blankLines += chunk.blankLines
    report.badRows += chunk.problemCount
    report.excluded += chunk.excluded
    report.uncounted += chunk.uncounted
    report.kept += chunk.users.count
    if report.matches.isEmpty { report.matches = [Int](repeating: 0, count: chunk.matches.count) }
    for rule in chunk.matches.indices { report.matches[rule] += chunk.matches[rule] }
    for var problem in chunk.problems.prefix(problemLimit - problems.count) {
      problem.line += firstLine
      problems.append(problem)
    }
    problemCount += chunk.problemCount
    userPositions.append(merge(chunk.userTable, into: &userTable))
    itemPositions.append(merge(chunk.itemTable, into: &itemTable))
    var columns = chunk
    columns.userTable = TokenTable()
    columns.itemTable = TokenTable()
    chunks.append(columns)
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

  /// All chunks as one log.
  consuming func finish() -> Log {
    let starts = chunks.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.users.count) }
    let count = starts.last ?? 0
    let hasTimes = count > 0 && chunks.allSatisfy { $0.times.count == $0.users.count }
    let chunks = chunks
    let userPositions = userPositions
    let itemPositions = itemPositions
    let users = gathered(starts, of: UserIndex.self) { chunk, output in
      let positions = userPositions[chunk]
      for (at, user) in chunks[chunk].users.enumerated() {
        output[at] = UserIndex(Int(positions[Int(user)]))
      }
    }
    let items = gathered(starts, of: ItemIndex.self) { chunk, output in
      let positions = itemPositions[chunk]
      for (at, item) in chunks[chunk].items.enumerated() {
        output[at] = ItemIndex(Int(positions[Int(item)]))
      }
    }
    let weights = gathered(starts, of: Float.self) { chunk, output in
      _ = output.update(from: chunks[chunk].weights)
    }
    let times =
      hasTimes
      ? gathered(starts, of: Double.self) { chunk, output in
        _ = output.update(from: chunks[chunk].times)
      } : []
    return Log(
      log: InteractionLog(users: users, items: items, times: times, weights: weights),
      users: Vocabulary(table: userTable), items: Vocabulary(table: itemTable))
  }

  /// One array that each chunk fills its part of.
  private func gathered<Element: BitwiseCopyable & Sendable>(
    _ starts: [Int], of type: Element.Type,
    _ fill: @Sendable (Int, UnsafeMutableBufferPointer<Element>) -> Void
  ) -> [Element] {
    let count = starts.last ?? 0
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let buffer = buffer
      Parallel.forEach(starts.count - 1, grain: 1) { range in
        let chunk = range.lowerBound
        let part = buffer[starts[chunk]..<starts[chunk + 1]]
        fill(chunk, UnsafeMutableBufferPointer(rebasing: part))
      }
      initialized = count
    }
  }
}
