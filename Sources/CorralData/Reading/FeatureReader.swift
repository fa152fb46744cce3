import Foundation

/// Reads the features of users or items into columns in vocabulary order.
struct FeatureReader {
  /// The content of a file of features.
  struct Features {
    var table: FeatureTable
    /// The identifiers of the log, followed by those of new items.
    var vocabulary: Vocabulary
    var titles: [String] = []
    var report: LoadReport.FeatureFile
    /// The rows that were dropped.
    var problems: [RowProblem] = []
    /// The rows that were kept in part.
    var notes: [RowProblem] = []
    /// Remarks on the kinds of columns, unless they are obvious.
    var remarks: [String] = []
  }

  let file: FileBytes
  let vocabulary: Vocabulary
  /// All identifiers of the log, including those that filters dropped; `nil` unless new items are
  /// kept.
  private let met: Vocabulary?
  let layout: TableLayout
  let id: Int
  private let title: Int?
  private let choice: FeatureChoice
  /// The key of `choice` in the block `data`.
  private let key: String

  /// Prepares to read the rows of users or items, as `role` says.
  init(
    _ file: FileBytes, of role: ColumnRole, settings: DataSettings, log columns: ColumnNames,
    vocabulary: Vocabulary, keepingNewOf met: Vocabulary? = nil
  ) throws {
    self.file = file
    self.vocabulary = vocabulary
    self.met = met
    let isUsers = role == .user
    choice = isUsers ? settings.userFeatures : settings.itemFeatures
    key = isUsers ? "userFeatures" : "itemFeatures"
    layout = try TableLayout.ofFeatures(file, columns)
    id = try Self.key(isUsers ? settings.userKey : settings.itemKey, role, columns, layout, file)
    title = isUsers ? nil : try settings.columns.find(.title, in: layout, file: file.path)
  }

  /// Returns the column of identifiers: the named one, the one with the same name as in the log, or
  /// one with a usual name.
  private static func key(
    _ name: String, _ role: ColumnRole, _ columns: ColumnNames, _ layout: TableLayout,
    _ file: FileBytes
  ) throws -> Int {
    let setting = "data.\(role.rawValue)Key"
    if name != ColumnNames.automatic {
      if let found = layout.column(named: name) { return found }
      throw DataError.missingColumn(
        file: file.path, role: role.words, setting: setting, wanted: name, found: layout.names)
    }
    if let found = layout.column(named: columns[role]) ?? layout.column(named: role.usual) {
      return found
    }
    throw DataError.missingColumn(
      file: file.path, role: role.words, setting: setting, wanted: columns[role],
      found: layout.names)
  }

  /// Reads the file.
  ///
  /// A row with a problem is dropped and reported.
  func read() throws -> Features {
    let plan = try FeatureKinds(
      layout: layout, choice: choice, key: key,
      skipping: [id] + (choice == .automatic ? [title].compactMap(\.self) : []), file: file.path,
      content: layout.isTyped && choice == .automatic ? nil : try content())
    var builders = plan.kinds.map { FeatureColumnBuilder($0) }
    var flags = FeatureColumnBuilder(.tokens(separator: Byte.pipe))
    var report = LoadReport.FeatureFile(path: file.path, key: layout.columns[id].name)
    var problems: [RowProblem] = []
    var notes: [RowProblem] = []
    var rowOf = [Int32](repeating: -1, count: vocabulary.count)
    var table = vocabulary.table
    var titles: [String] = []
    var accepted: Int32 = 0
    var unknown = 0
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
      let wrong = repeated(known.map { rowOf[$0] } ?? -1, fields) ?? wrongNumber(fields, plan.kinds)
      if let wrong {
        report.badRows += 1
        problems.append(wrong.at(file.path, line))
        return
      }
      let position = known ?? Int(table.intern(fields[id]))
      if position == rowOf.count { rowOf.append(-1) }
      rowOf[position] = accepted
      accepted += 1
      if let title { titles.append(fields[title].text) }
      for column in builders.indices { builders[column].append(fields[column]) }
      if layout.isTyped { unknown += unknownNumbers(fields, plan.kinds) }
      for (column, kind) in plan.kinds.enumerated()
      where kind == .flag && fields[column].number == 1 {
        withField(of: flagNames[column]) { flags.add($0) }
      }
      flags.endRow()
    }
    report.missing = rowOf.prefix(vocabulary.count).count { $0 < 0 }
    report.matched = vocabulary.count - report.missing
    let left = builders.indices.filter { plan.mayBeTexts[$0] && builders[$0].isTexts }
    var columns = builders.indices.filter { !left.contains($0) }.flatMap { column in
      builders[column].columns(named: layout.columns[column].name, rowOf: rowOf)
    }
    if plan.kinds.contains(.flag) { columns += flags.columns(named: "genres", rowOf: rowOf) }
    if let name = repeatedName(columns.map(\.name)) {
      throw SettingError(
        key, listed(columns.map(\.name)),
        "two columns of \(file.path) become '\(name)'; choose one of them with data.\(key)")
    }
    return Features(
      table: FeatureTable(count: rowOf.count, columns: columns),
      vocabulary: rowOf.count == vocabulary.count ? vocabulary : Vocabulary(table: table),
      titles: title == nil ? [] : rowOf.map { $0 < 0 ? "" : titles[Int($0)] },
      report: report, problems: problems, notes: notes,
      remarks: plan.notes + leftOut(left.map { layout.columns[$0].name })
        + (unknown == 0
          ? []
          : ["\(unknown) numbers of \(file.path) are missing: NA, None or - stands in their place"])
    )
  }

  /// Says which columns are left out because nearly every row has a different text.
  private func leftOut(_ names: [String]) -> [String] {
    if names.isEmpty { return [] }
    let whose = names.count == 1 ? "column \(listed(names))" : "columns \(listed(names))"
    return [
      "\(whose) of \(file.path) left out: nearly every row has a different text; name the columns"
        + " that are features with data.\(key) to keep \(names.count == 1 ? "it" : "them")"
    ]
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

  /// Returns the problem of a word in a column of numbers.
  ///
  /// If no header or setting asks for numbers, the number is unknown instead.
  private func wrongNumber(
    _ fields: UnsafeMutablePointer<Field>, _ kinds: [TableLayout.Column.Kind]
  ) -> RowProblem? {
    guard layout.isTyped else { return nil }
    for column in kinds.indices
    where kinds[column] == .number && layout.columns[column].kind == .number {
      guard fields[column].featureNumber == .word else { continue }
      return row(
        fields[column].number == nil ? .notANumber : .notFinite, column, fields[column].text)
    }
    return nil
  }

  /// Counts the words for missing values in columns of numbers.
  private func unknownNumbers(
    _ fields: UnsafeMutablePointer<Field>, _ kinds: [TableLayout.Column.Kind]
  ) -> Int {
    kinds.indices.count {
      kinds[$0] == .number && fields[$0].count > 0 && fields[$0].featureNumber == .missing
    }
  }

  private func row(_ reason: RowProblem.Reason, _ column: Int?, _ value: String) -> RowProblem {
    RowProblem(
      file: "", line: 0, column: column.map { layout.columns[$0].name } ?? "",
      value: shortened(value, to: 40), reason: reason)
  }

  /// Calls `body` with the fields, the line number, the outcome, and whether the file ends inside
  /// the row.
  func eachRow(
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

  /// Scans the content of columns whose type no header gives.
  private func content() throws -> [FeatureKinds.Content] {
    var content = layout.columns.map { _ in FeatureKinds.Content() }
    try eachRow { fields, line, outcome, _ in
      guard outcome == .fields(content.count) else { return }
      for column in content.indices where column != id {
        content[column].add(fields[column], line: line)
      }
    }
    return content
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
