import Foundation

/// Reads what is known about users or items, one row each, into columns in vocabulary order.
struct FeatureReader {
  /// What a file of features holds.
  struct Features {
    var table: FeatureTable
    /// The identifiers of the log, and those of new items behind them.
    var vocabulary: Vocabulary
    var titles: [String] = []
    var report: LoadReport.FeatureFile
    /// Rows that are dropped.
    var problems: [RowProblem] = []
    /// Rows that are kept in part.
    var notes: [RowProblem] = []
  }

  let file: FileBytes
  let vocabulary: Vocabulary
  /// Every identifier of the log, those that filters dropped included, where identifiers without an
  /// interaction are kept.
  private let met: Vocabulary?
  private var layout: TableLayout
  private let id: Int
  private let title: Int?

  /// A reader of the rows of users or of items.
  init(
    _ file: FileBytes, of role: KeyPath<ColumnNames, String>, columns: ColumnNames,
    vocabulary: Vocabulary, keepingNewOf met: Vocabulary? = nil
  ) throws {
    self.file = file
    self.vocabulary = vocabulary
    self.met = met
    let layout = try TableLayout.ofFeatures(file, columns)
    let isUsers = role == \ColumnNames.user
    // The column may be called otherwise than in the log: the usual names are tried as well.
    var names = columns
    if layout.column(named: columns[keyPath: role]) == nil {
      if isUsers { names.user = ColumnNames.automatic } else { names.item = ColumnNames.automatic }
    }
    id = try names.find(
      role, isUsers ? "user" : "item", isUsers ? "data.columns.user" : "data.columns.item",
      in: layout, file: file.path)
    title =
      isUsers
      ? nil
      : try names.findOptional(
        \.title, "title", "data.columns.title", in: layout, file: file.path)
    self.layout = layout
  }

  /// Reads the file; problems are dropped rows, for the caller to tolerate or not.
  mutating func read() throws -> Features {
    if !layout.isTyped { try inferKinds() }
    var builders = layout.columns.indices.map { column in
      FeatureColumnBuilder(
        column == id || column == title ? .ignored : layout.columns[column].kind)
    }
    var flags = FeatureColumnBuilder(.tokens(separator: Byte.pipe))
    var report = LoadReport.FeatureFile(path: file.path)
    var problems: [RowProblem] = []
    var notes: [RowProblem] = []
    var rowOf = [Int32](repeating: -1, count: vocabulary.count)
    var table = vocabulary.table
    var titles: [String] = []
    var accepted: Int32 = 0
    let flagNames = layout.columns.map(\.name)
    try eachRow { fields, line, outcome, isCut in
      report.rows += 1
      if case .fields(let found) = outcome, found < layout.columns.count, found > id, !isCut {
        report.incomplete += 1
        notes.append(count(found, .incomplete).at(file.path, line))
        for column in found..<layout.columns.count { fields[column].count = 0 }
      } else if let problem = problem(outcome, fields, isCut) {
        report.badRows += 1
        problems.append(problem.at(file.path, line))
        return
      }
      let known = table.position(of: fields[id]).map(Int.init)
      if known == nil, met.map({ $0.table.position(of: fields[id]) != nil }) ?? true {
        report.unused += 1
        return
      }
      if let found = repeated(known.map { rowOf[$0] } ?? -1, fields) ?? wrongNumber(fields) {
        report.badRows += 1
        problems.append(found.at(file.path, line))
        return
      }
      let position = known ?? Int(table.intern(fields[id]))
      if position == rowOf.count { rowOf.append(-1) }
      rowOf[position] = accepted
      accepted += 1
      if let title { titles.append(fields[title].text) }
      for column in builders.indices { builders[column].append(fields[column]) }
      for (column, described) in layout.columns.enumerated()
      where described.kind == .flag && fields[column].number == 1 {
        withField(of: flagNames[column]) { flags.add($0) }
      }
      flags.endRow()
    }
    report.missing = rowOf.count { $0 < 0 }
    var columns = zip(layout.columns, builders).flatMap { described, builder in
      builder.columns(named: described.name, rowOf: rowOf)
    }
    if layout.columns.contains(where: { $0.kind == .flag }) {
      columns += flags.columns(named: "genres", rowOf: rowOf)
    }
    return Features(
      table: FeatureTable(count: rowOf.count, columns: columns),
      vocabulary: rowOf.count == vocabulary.count ? vocabulary : Vocabulary(table: table),
      titles: title == nil ? [] : rowOf.map { $0 < 0 ? "" : titles[Int($0)] },
      report: report, problems: problems, notes: notes)
  }

  private func problem(
    _ outcome: LineSplitter.Outcome, _ fields: UnsafeMutablePointer<Field>, _ isCut: Bool
  ) -> RowProblem? {
    switch outcome {
    case .fields(let found) where found == layout.columns.count:
      fields[id].isMissing ? row(.empty, id, fields[id].text) : nil
    case .fields(let found):
      count(found, isCut && found < layout.columns.count ? .cutOff : .fieldCount)
    case .openQuote: row(.openQuote, nil, "")
    case .notAnObject: row(.notAnObject, nil, "")
    }
  }

  private func count(_ found: Int, _ reason: RowProblem.Reason) -> RowProblem {
    RowProblem(
      file: "", line: 0, column: "", value: "\(found)", reason: reason,
      expected: layout.columns.count)
  }

  private func repeated(_ known: Int32, _ fields: UnsafeMutablePointer<Field>) -> RowProblem? {
    known < 0 ? nil : row(.repeated, id, fields[id].text)
  }

  private func wrongNumber(_ fields: UnsafeMutablePointer<Field>) -> RowProblem? {
    for (column, described) in layout.columns.enumerated() where described.kind == .number {
      let field = fields[column]
      // Nothing is an unknown number here, other than in a log.
      if field.count == 0 { continue }
      guard let number = field.number else { return row(.notANumber, column, field.text) }
      guard number.isFinite else { return row(.notFinite, column, field.text) }
    }
    return nil
  }

  private func row(_ reason: RowProblem.Reason, _ column: Int?, _ value: String) -> RowProblem {
    RowProblem(
      file: "", line: 0, column: column.map { layout.columns[$0].name } ?? "",
      value: shortened(value, to: 40), reason: reason)
  }

  /// Calls `body` with the fields, the line number, the outcome, and whether the file ends in it.
  private func eachRow(
    _ body: (UnsafeMutablePointer<Field>, Int, LineSplitter.Outcome, Bool) -> Void
  ) throws {
    let splitter = LineSplitter(layout: layout)
    let ends = RecordEnds(layout)
    var line = 1
    var isHeader = layout.hasHeader
    try file.withBlocks(endingBy: ends) { block in
      var records = RecordWalk(block.bytes, ends)
      while let record = records.next() {
        if record.field.count > 0 {
          if !isHeader {
            body(splitter.fields, line, splitter.split(record.field), !record.hasEnd)
          }
          isHeader = false
        }
        line += record.lines
      }
    }
  }

  /// A file without types: a column is numbers when all it holds are, several tokens when one of
  /// its rows has a vertical bar, else one token.
  private mutating func inferKinds() throws {
    var areNumbers = [Bool](repeating: true, count: layout.columns.count)
    var haveBars = [Bool](repeating: false, count: layout.columns.count)
    try eachRow { fields, _, outcome, _ in
      guard outcome == .fields(areNumbers.count) else { return }
      for column in areNumbers.indices where fields[column].count > 0 {
        if areNumbers[column], fields[column].number?.isFinite != true {
          areNumbers[column] = false
        }
        if fields[column].bytes.contains(Byte.pipe) { haveBars[column] = true }
      }
    }
    for column in areNumbers.indices {
      layout.columns[column].kind =
        areNumbers[column]
        ? .number : haveBars[column] ? .tokens(separator: Byte.pipe) : .token
    }
  }
}

extension RowProblem {
  fileprivate func at(_ file: String, _ line: Int) -> RowProblem {
    var problem = self
    problem.file = file
    problem.line = line
    return problem
  }
}
