import CorralVectors

extension InteractionReader {
  /// Joins all chunks into one log of interactions and one of impressions.
  consuming func finish() -> Log {
    var rows = chunks.map(\.rows)
    var shown = chunks.map(\.impressions)
    var times = rows.map(\.times) + shown.map(\.times)
    TimeColumn.aligned(&times)
    for chunk in rows.indices { rows[chunk].times = times[chunk] }
    for chunk in shown.indices { shown[chunk].times = times[rows.count + chunk] }
    let scale = scale(of: times)
    var log = Log(
      log: log(of: rows, scale, context: context(of: rows)),
      impressions: self.log(of: shown, scale, context: []),
      users: Vocabulary(table: userTable), items: Vocabulary(table: itemTable))
    log.notes = notes(on: times, decimals: scale.decimals)
    return log.impressions.count == 0 ? log : log.withoutStrangers()
  }

  /// Joins the rows of all chunks into one log.
  private func log(
    of chunks: [ChunkRows], _ scale: TimeScale, context: [ContextColumn]
  ) -> InteractionLog {
    let starts = starts(of: chunks)
    let count = starts.last ?? 0
    let hasTimes = count > 0 && chunks.allSatisfy { $0.times.count == $0.count }
    let (userPositions, itemPositions) = (userPositions, itemPositions)
    let users = gathered(starts, of: UserIndex.self) { chunk, output in
      let positions = userPositions[chunk]
      for (at, entry) in chunks[chunk].entries.enumerated() {
        output[at] = UserIndex(Int(positions[Int(entry.user)]))
      }
    }
    let items = gathered(starts, of: ItemIndex.self) { chunk, output in
      let positions = itemPositions[chunk]
      for (at, entry) in chunks[chunk].entries.enumerated() {
        output[at] = ItemIndex(Int(positions[Int(entry.item)]))
      }
    }
    let weights = gathered(starts, of: Float.self) { chunk, output in
      for (at, entry) in chunks[chunk].entries.enumerated() { output[at] = entry.weight }
    }
    let times =
      hasTimes
      ? gathered(starts, of: Int64.self) { _ = $1.update(from: chunks[$0].times.ticks) } : []
    let labels = extras.labels.indices.map { column in
      gathered(starts, of: Float.self) { _ = $1.update(from: chunks[$0].labels[column]) }
    }
    return InteractionLog(
      users: users, items: items, times: times, timeScale: scale, weights: weights,
      columns: InteractionColumns(
        context: context.isEmpty ? ContextTable() : ContextTable(count: count, columns: context),
        labels: labels.isEmpty
          ? LabelTable()
          : LabelTable(count: count, names: extras.labels.map(\.name), columns: labels)))
  }

  /// Joins the columns of context of all chunks, each with one vocabulary.
  private func context(of chunks: [ChunkRows]) -> [ContextColumn] {
    let starts = starts(of: chunks)
    let tables = contextTables
    let positions = contextPositions
    var (category, number) = (0, 0)
    return extras.context.map { column in
      if column.isNumber {
        let at = number
        number += 1
        let numbers = gathered(starts, of: Float.self) {
          _ = $1.update(from: chunks[$0].numbers[at])
        }
        return ContextColumn(name: column.name, values: .numbers(numbers))
      }
      let at = category
      category += 1
      let categories = gathered(starts, of: Int32.self) { chunk, output in
        let positions = positions[chunk][at]
        for (row, token) in chunks[chunk].categories[at].enumerated() {
          output[row] = token < 0 ? -1 : positions[Int(token)]
        }
      }
      return ContextColumn(
        name: column.name,
        values: .categories(categories, vocabulary: Vocabulary(table: tables[at])))
    }
  }

  /// Returns the meaning of the ticks of all files: seconds for dates; for numbers the size of the
  /// latest tells.
  private func scale(of times: [TimeColumn]) -> TimeScale {
    let decimals = times.first?.decimals ?? 0
    let latest = times.lazy.compactMap { $0.ticks.max() }.max()
    var scale = TimeScale(of: latest.map { [$0] } ?? [], decimals: decimals)
    if times.contains(where: { $0.dates > 0 }) { scale.unit = .seconds }
    return scale
  }

  private func notes(on times: [TimeColumn], decimals: Int) -> [DataNote] {
    let cut = times.reduce(0) { $0 + $1.cut }
    let dates = times.reduce(0) { $0 + $1.dates }
    let rows = times.reduce(0) { $0 + $1.count }
    var notes: [DataNote] = []
    if cut > 0 {
      notes.append(
        DataNote(
          .warning,
          (cut == 1 ? "1 time has" : "\(cut) times have")
            + " more than the \(decimals) digits behind the point that are kept: times that differ"
            + " only in the others are ties"))
    }
    if dates > 0, dates < rows {
      notes.append(
        DataNote(
          .warning,
          "the column of times holds \(dates) dates and \(rows - dates) numbers, which are taken as"
            + " seconds since 1970"))
    }
    return notes
  }

  private func starts(of chunks: [ChunkRows]) -> [Int] {
    chunks.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
  }

  /// Creates one array, of which each chunk fills its part.
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

extension InteractionReader.Log {
  /// Numbers users and items by their first interaction and drops all others: the numbering of a
  /// log without impressions.
  fileprivate func withoutStrangers() -> Self {
    let users = Renumbering(firstUses: log.users.lazy.map(\.position), of: users.count)
    let items = Renumbering(firstUses: log.items.lazy.map(\.position), of: items.count)
    return Self(
      log: log.renumbered(users: users, items: items),
      impressions: impressions.renumbered(users: users, items: items),
      users: self.users.gathered(users.kept), items: self.items.gathered(items.kept), notes: notes)
  }
}
