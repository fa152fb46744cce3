import Foundation

/// What one chunk of a log holds, its users and items numbered as the chunk first names them.
struct LogChunk: Sendable {
  var users: [Int32] = []
  var items: [Int32] = []
  var times: [Double] = []
  var weights: [Float] = []
  var userTable = TokenTable()
  var itemTable = TokenTable()
  /// Lines, whatever is on them.
  var lines = 0
  var blankLines = 0
  /// Rows that meet a condition of the settings not.
  var excluded = 0
  /// Rows that meet none of the rules, or whose weight is 0.
  var uncounted = 0
  /// How many rows each rule was met by.
  var matches: [Int]
  /// The first problems; lines are counted from the chunk's first, as 0.
  var problems: [RowProblem] = []
  var problemCount = 0
}

/// Reads the rows of one chunk of a log: bytes in, columns out, no text in between.
struct ChunkReader {
  let plan: RowPlan
  let path: String
  /// How many problems a chunk keeps; all are counted.
  let problemLimit: Int

  /// Reads whole lines; `isLast` says that the file ends where the bytes do.
  func read(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> LogChunk {
    var chunk = LogChunk(matches: [Int](repeating: 0, count: plan.rules.count))
    guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return chunk }
    // A guess at the row count that is rarely short: lines are seldom below 12 bytes.
    let capacity = bytes.count / 14
    chunk.users.reserveCapacity(capacity)
    chunk.items.reserveCapacity(capacity)
    chunk.weights.reserveCapacity(capacity)
    if plan.time != nil { chunk.times.reserveCapacity(capacity) }
    let splitter = LineSplitter(layout: plan.layout)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, plan.numbers.count)) {
      numbers in
      numbers.initialize(repeating: 0)
      var row = RowReader(plan: plan, splitter: splitter, numbers: numbers)
      var at = 0
      while at < bytes.count {
        let rest = bytes.count - at
        var length = rest
        var hasEnd = false
        if let found = memchr(base + at, Int32(Byte.newline), rest) {
          length = UnsafeRawPointer(found) - UnsafeRawPointer(base + at)
          hasEnd = true
        }
        var line = Field(start: base + at, count: length)
        if line.count > 0, line.start[line.count - 1] == Byte.carriageReturn { line.count -= 1 }
        if line.count == 0 {
          chunk.blankLines += 1
        } else if let found = row.read(line, into: &chunk, isCut: isLast && !hasEnd) {
          chunk.problemCount += 1
          if chunk.problems.count < problemLimit {
            var problem = found
            problem.file = path
            problem.line = chunk.lines
            chunk.problems.append(problem)
          }
        }
        chunk.lines += 1
        at += length + 1
      }
    }
    return chunk
  }
}

/// Reads one row after the other into a chunk.
private struct RowReader {
  let plan: RowPlan
  let splitter: LineSplitter
  let numbers: UnsafeMutableBufferPointer<Double>
  private let columnCount: Int
  private let hasConditions: Bool
  private let hasRules: Bool
  /// Logs are often in order of user: the last token is looked at before the table.
  private var lastUser: [UInt8] = []
  private var lastPosition: Int32 = -1

  init(plan: RowPlan, splitter: LineSplitter, numbers: UnsafeMutableBufferPointer<Double>) {
    self.plan = plan
    self.splitter = splitter
    self.numbers = numbers
    columnCount = plan.layout.columns.count
    hasConditions = !plan.conditions.isEmpty
    hasRules = !plan.rules.isEmpty
  }

  /// Adds the row to the chunk, counts it as dropped, or says what is wrong with it.
  @inline(__always)
  mutating func read(_ line: Field, into chunk: inout LogChunk, isCut: Bool) -> RowProblem? {
    switch splitter.split(line) {
    case .fields(let found):
      if found != columnCount {
        return RowProblem(
          file: "", line: 0, column: "", value: "\(found)",
          reason: isCut && found < columnCount ? .cutOff : .fieldCount, expected: columnCount)
      }
    case .openQuote: return problem(nil, .openQuote)
    case .notAnObject: return problem(nil, .notAnObject)
    }
    let fields = splitter.fields
    if fields[plan.user].count == 0 { return problem(plan.user, .empty) }
    if fields[plan.item].count == 0 { return problem(plan.item, .empty) }
    for slot in 0..<plan.numbers.count {
      let column = plan.numbers[slot]
      guard let number = fields[column].number else {
        return problem(column, fields[column].count == 0 ? .empty : .notANumber)
      }
      guard number.isFinite else { return problem(column, .notFinite) }
      numbers[slot] = number
    }
    var time = 0.0
    if let column = plan.time {
      guard let parsed = fields[column].time else {
        return problem(column, fields[column].count == 0 ? .empty : .notATime)
      }
      guard parsed.isFinite else { return problem(column, .notFinite) }
      time = parsed
    }
    if hasConditions {
      for condition in plan.conditions where !holds(condition) {
        chunk.excluded += 1
        return nil
      }
    }
    var weight: Float = 1
    if hasRules {
      switch counted(&chunk) {
      case .weight(let found): weight = found
      case .problem(let problem): return problem
      }
      if weight == 0 {
        chunk.uncounted += 1
        return nil
      }
    }
    chunk.users.append(intern(user: fields[plan.user], into: &chunk))
    chunk.items.append(chunk.itemTable.intern(fields[plan.item]))
    chunk.weights.append(weight)
    if plan.time != nil { chunk.times.append(time) }
    return nil
  }

  @inline(__always)
  private mutating func intern(user field: Field, into chunk: inout LogChunk) -> Int32 {
    let isSame = lastUser.withUnsafeBufferPointer { lastPosition >= 0 && field.equals($0) }
    if isSame { return lastPosition }
    lastPosition = chunk.userTable.intern(field)
    lastUser.removeAll(keepingCapacity: true)
    lastUser.append(contentsOf: field.bytes)
    return lastPosition
  }

  private enum Count {
    case weight(Float)
    case problem(RowProblem)
  }

  /// The largest weight of the rules that the row meets; 0 when it meets none.
  private func counted(_ chunk: inout LogChunk) -> Count {
    var largest = 0.0
    for (index, rule) in plan.rules.enumerated() where holds(rule.condition) {
      chunk.matches[index] += 1
      let weight: Double
      switch (rule.weight, rule.quantity) {
      case (.fixed(let number), _): weight = number
      case (.fraction, .some(let quantity)): weight = min(1, value(quantity))
      case (.value, .some(let quantity)): weight = value(quantity)
      case (_, .none): weight = 0
      }
      guard weight >= 0 else {
        return .problem(problem(column(rule.quantity), .notAWeight))
      }
      largest = max(largest, weight)
    }
    return .weight(Float(largest))
  }

  private func holds(_ condition: RowPlan.Condition) -> Bool {
    switch condition {
    case .compares(let quantity, let comparison, let number):
      comparison.holds(value(quantity), number)
    case .text(let column, let bytes, let isEqual):
      bytes.withUnsafeBufferPointer { splitter.fields[column].equals($0) } == isEqual
    }
  }

  private func value(_ quantity: RowPlan.Quantity) -> Double {
    switch quantity {
    case .number(let slot): numbers[slot]
    case .ratio(let slot, let whole): numbers[whole] > 0 ? numbers[slot] / numbers[whole] : 0
    }
  }

  private func column(_ quantity: RowPlan.Quantity?) -> Int? {
    switch quantity {
    case .number(let slot), .ratio(let slot, _): plan.numbers[slot]
    case .none: nil
    }
  }

  @inline(never)
  private func problem(_ column: Int?, _ reason: RowProblem.Reason) -> RowProblem {
    RowProblem(
      file: "", line: 0, column: column.map { plan.layout.columns[$0].name } ?? "",
      value: column.map { shortened(splitter.fields[$0].text, to: 40) } ?? "", reason: reason)
  }
}
