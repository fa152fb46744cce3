/// Reads rows into a chunk.
struct RowReader {
  let plan: RowPlan
  let splitter: LineSplitter
  let numbers: UnsafeMutableBufferPointer<Double>
  private let columnCount: Int
  private let hasConditions: Bool
  private let hasRules: Bool
  private let hasContext: Bool
  private let hasLabels: Bool
  /// Whether a column of context is computed from the time.
  let needsDate: Bool
  /// The slot of the clock time that an hour is computed from.
  let hourMinute: Int?
  /// Logs are often sorted by user, so that the last token is compared before the table is
  /// searched.
  private var lastUser: [UInt8] = []
  private var lastPosition: Int32 = -1

  init(plan: RowPlan, splitter: LineSplitter, numbers: UnsafeMutableBufferPointer<Double>) {
    self.plan = plan
    self.splitter = splitter
    self.numbers = numbers
    columnCount = plan.layout.columns.count
    hasConditions = !plan.conditions.isEmpty
    hasRules = !plan.rules.isEmpty
    hasContext = !plan.extras.context.isEmpty
    hasLabels = !plan.extras.labels.isEmpty
    needsDate = plan.extras.context.contains { $0.source == .hour || $0.source == .weekday }
    hourMinute =
      plan.extras.context.lazy.compactMap { column in
        if case .hourMinute(let slot) = column.source { slot } else { nil }
      }.first
  }

  /// Adds the row to the chunk, counts it as dropped, or returns its problem.
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
    if fields[plan.user].isMissing { return problem(plan.user, .empty) }
    if fields[plan.item].isMissing { return problem(plan.item, .empty) }
    for slot in 0..<plan.numbers.count {
      let column = plan.numbers[slot]
      guard let number = fields[column].number else {
        if plan.allowsEmpty[slot], fields[column].isMissing {
          numbers[slot] = .nan
          continue
        }
        return problem(column, fields[column].isMissing ? .empty : .notANumber)
      }
      guard number.isFinite else {
        if plan.allowsEmpty[slot], number.isNaN {
          numbers[slot] = .nan
          continue
        }
        return problem(column, .notFinite)
      }
      numbers[slot] = number
    }
    var time = SpelledTime(digits: 0)
    if let column = plan.time {
      if let whole = fields[column].wholeTime, plan.timeForm == .plain {
        time.digits = whole
      } else {
        switch fields[column].time(as: plan.timeForm) {
        case .time(let found): time = found
        case .notATime: return problem(column, fields[column].isMissing ? .empty : .notATime)
        case .notFinite: return problem(column, .notFinite)
        case .tooLarge: return problem(column, .tooLarge)
        }
      }
    }
    if plan.isImpressions {
      appendImpression(time, to: &chunk)
      return nil
    }
    if hasConditions {
      if let problem = wrongTime() { return problem }
      for condition in plan.conditions where !holds(condition) {
        chunk.excluded += 1
        return nil
      }
    }
    var weight: Float = 1
    let kind = plan.event.flatMap { chunk.events.add(fields[$0]) }
    if hasRules {
      switch counted(&chunk, kind) {
      case .weight(let found): weight = found
      case .impression:
        appendImpression(time, to: &chunk)
        return nil
      case .problem(let problem): return problem
      }
      if weight == 0 {
        chunk.uncounted += 1
        return nil
      }
    }
    if hasContext, let problem = addContext(time, to: &chunk) { return problem }
    let (user, item) = interned(into: &chunk)
    append(user, item, time, weight: weight, to: &chunk.rows)
    return nil
  }

  /// Returns the numbers of the row's user and item in the chunk.
  @inline(__always)
  private mutating func interned(into chunk: inout LogChunk) -> (user: Int32, item: Int32) {
    (
      intern(user: splitter.fields[plan.user], into: &chunk),
      chunk.itemTable.intern(splitter.fields[plan.item])
    )
  }

  /// Adds the row as an impression.
  ///
  /// Not inlined, so that the loop over interactions stays small.
  @inline(never)
  private mutating func appendImpression(_ time: SpelledTime, to chunk: inout LogChunk) {
    let (user, item) = interned(into: &chunk)
    append(user, item, time, weight: 0, to: &chunk.impressions)
  }

  /// Adds all of the row except its context.
  @inline(__always)
  private func append(
    _ user: Int32, _ item: Int32, _ time: SpelledTime, weight: Float, to rows: inout ChunkRows
  ) {
    rows.entries.append(ChunkRows.Entry(user: user, item: item, weight: weight))
    if plan.time != nil { rows.times.append(time) }
    if hasLabels {
      for (column, label) in plan.extras.labels.enumerated() {
        rows.labels[column].append(self.label(label.quantity))
      }
    }
  }

  /// Returns a label of the row.
  ///
  /// The share of a video is at most 1.
  private func label(_ quantity: RowPlan.Quantity) -> Float {
    switch quantity {
    case .number(let slot): Float(numbers[slot])
    case .ratio(let slot, let whole):
      (numbers[slot] + numbers[whole]).isNaN ? .nan : Float(min(1, max(0, value(quantity))))
    case .unknown: .nan
    }
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
    case impression
    case problem(RowProblem)
  }

  /// Returns the largest weight of the rules that the row matches.
  ///
  /// It is 0 if no rule matches, and the row is an impression if only rules of constant weight 0
  /// match.
  private func counted(_ chunk: inout LogChunk, _ kind: Int?) -> Count {
    var largest = 0.0
    var isShown = false
    var isMet = false
    for (index, rule) in plan.rules.enumerated() where holds(rule.condition) {
      chunk.matches[index] += 1
      isMet = true
      let weight: Double
      switch (rule.weight, rule.quantity) {
      case (.fixed(let number), _):
        weight = plan.multiplier.map { numbers[$0] * number } ?? number
        if number == 0 { isShown = true }
      case (.fraction, .some(let quantity)): weight = min(1, value(quantity))
      case (.value, .some(let quantity)): weight = value(quantity)
      case (_, .none): weight = 0
      }
      guard weight >= 0 else {
        let wrong = column(rule.quantity) ?? plan.multiplier.map { plan.numbers[$0] }
        return .problem(problem(wrong, .notAWeight))
      }
      largest = max(largest, weight)
    }
    if isMet, let kind { chunk.events.count(kind) }
    return isShown && largest == 0 && plan.keepsImpressions ? .impression : .weight(Float(largest))
  }

  private func holds(_ condition: RowPlan.Condition) -> Bool {
    switch condition {
    case .compares(let quantity, let comparison, let number):
      comparison.holds(value(quantity), number)
    case .text(let column, let bytes, let isEqual):
      bytes.withUnsafeBufferPointer { splitter.fields[column].equals($0) } == isEqual
    case .time(let column, let form, let comparison, let wanted):
      if case .time(let time) = splitter.fields[column].time(as: form) {
        comparison.holds(time.moment(beside: wanted), wanted.moment(beside: time))
      } else {
        false
      }
    }
  }

  /// Returns the problem with the time that a condition needs.
  ///
  /// A condition on a missing time is false.
  private func wrongTime() -> RowProblem? {
    for case .time(let column, let form, _, _) in plan.conditions
    where splitter.fields[column].count > 0 {
      guard case .time = splitter.fields[column].time(as: form) else {
        return problem(column, .notATime)
      }
    }
    return nil
  }

  private func value(_ quantity: RowPlan.Quantity) -> Double {
    switch quantity {
    case .number(let slot): numbers[slot]
    case .ratio(let slot, let whole): numbers[whole] > 0 ? numbers[slot] / numbers[whole] : 0
    case .unknown: .nan
    }
  }

  private func column(_ quantity: RowPlan.Quantity?) -> Int? {
    switch quantity {
    case .number(let slot), .ratio(let slot, _): plan.numbers[slot]
    case .unknown, .none: nil
    }
  }

  @inline(never)
  func problem(_ column: Int?, _ reason: RowProblem.Reason) -> RowProblem {
    RowProblem(
      file: "", line: 0, column: column.map { plan.layout.columns[$0].name } ?? "",
      value: column.map { shortened(splitter.fields[$0].text, to: 40) } ?? "", reason: reason)
  }
}
