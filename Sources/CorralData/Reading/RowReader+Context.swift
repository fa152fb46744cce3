extension RowReader {
  /// Adds the context of the row, or returns its problem.
  func addContext(_ time: SpelledTime, to chunk: inout LogChunk) -> RowProblem? {
    var seconds = 0
    if needsDate {
      guard let found = time.seconds else { return problem(plan.time, .noDate) }
      seconds = Int(found)
    }
    if let slot = hourMinute, !numbers[slot].isNaN, !(0..<2400).contains(numbers[slot]) {
      return problem(plan.numbers[slot], .noDate)
    }
    var category = 0
    var number = 0
    for column in plan.extras.context {
      if case .number(let slot) = column.source {
        chunk.rows.numbers[number].append(Float(numbers[slot]))
        number += 1
        continue
      }
      let found =
        switch column.source {
        case .token(let at):
          splitter.fields[at].count == 0
            ? -1 : chunk.contextTables[category].intern(splitter.fields[at])
        case .hourMinute(let slot):
          numbers[slot].isNaN
            ? -1 : chunk.contextTables[category].intern(small: Int(numbers[slot] / 100))
        case .hour:
          chunk.contextTables[category].intern(
            small: seconds.dividing(by: 86_400).remainder / 3600)
        case .weekday:
          // 1 January 1970 was a Thursday.
          chunk.contextTables[category].intern(
            small: (seconds.dividing(by: 86_400).quotient + 3).dividing(by: 7).remainder)
        case .number: Int32(-1)
        }
      chunk.rows.categories[category].append(found)
      category += 1
    }
    return nil
  }
}
