extension RowReader {
  /// Adds the context of the row, or says what is wrong with it.
  func addContext(_ time: Double, to chunk: inout LogChunk) -> RowProblem? {
    // Dates are told from the places of a sequence by their size: 10^8 s is in 1973.
    let seconds = abs(time) > 1e11 ? time / 1000 : time
    if needsDate, !(1e8..<1e11).contains(seconds) { return problem(plan.time, .noDate) }
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
        case .hour: chunk.contextTables[category].intern(small: Int(seconds / 3600) % 24)
        // 1 January 1970 was a Thursday.
        case .weekday: chunk.contextTables[category].intern(small: (Int(seconds / 86_400) + 3) % 7)
        case .number: Int32(-1)
        }
      chunk.rows.categories[category].append(found)
      category += 1
    }
    return nil
  }
}
