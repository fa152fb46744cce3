import Foundation

/// The written files, and what the format could not hold.
package struct WriteReport: Sendable, Equatable, Codable {
  /// The paths of the files.
  package var files: [String] = []
  /// The number of categories of multi-valued features in which the format's separator became `_`.
  package var replacedCategories = 0
  /// The number of titles in which a tab or line end became a space, because the format cannot hold
  /// it.
  package var flattenedTitles = 0
  /// The number of identifiers and categories that are not UTF-8.
  ///
  /// JSON escapes such bytes as `\udc80` to `\udcff`, which Python and Corral read back.
  package var escapedTokens = 0
  /// The new names of columns of context and labels that would clash with other columns.
  package var renamedColumns: [String] = []
}

extension Dataset {
  /// Writes the data set into a folder so that loading the folder restores it.
  ///
  /// `atomic` writes `NAME.inter`, `NAME.user` and `NAME.item`. `csv` and `jsonl` write `NAME.csv`,
  /// `NAME.users.csv` and `NAME.items.csv`, without types: categories that are all numbers come
  /// back as numbers. Weights become a column `weight` unless all are 1 and there are no
  /// impressions; impressions follow the interactions with weight 0. Context and labels become
  /// columns with their names: name them in `data.context` and `data.labels` to restore them. A
  /// column named like the user, the item, the weight or the time becomes `context_NAME` or
  /// `label_NAME`. Each file is renamed when it is complete. Identifiers and categories keep their
  /// bytes: `atomic` files, which cannot hold a tab or a line end, are refused before anything is
  /// written.
  @discardableResult
  package func write(
    to folder: String, as format: DataFormat = .atomic, name: String? = nil
  ) throws -> WriteReport {
    guard [.atomic, .csv, .jsonl].contains(format) else {
      throw SettingError(
        "format", text: format.rawValue,
        "the formats that are written are 'atomic', 'csv' and 'jsonl'")
    }
    if format == .atomic { try refuseUnwritableTokens() }
    try Self.makeFolder(folder)
    let stem = (folder as NSString).appendingPathComponent(name ?? self.name)
    let ending = format.rawValue
    func path(_ atomic: String, _ other: String) -> String {
      format == .atomic ? "\(stem).\(atomic)" : "\(stem)\(other).\(ending)"
    }
    var report = WriteReport()
    if format == .jsonl {
      report.escapedTokens = vocabularies.reduce(0) { $0 + $1.count(where: Self.isNoUTF8) }
    }
    let log = path("inter", "")
    report.renamedColumns = try writeLog(log, format)
    report.files.append(log)
    if !userFeatures.columns.isEmpty {
      let file = path("user", ".users")
      try write(userFeatures, of: users, "user_id", [], file, format, &report)
      report.files.append(file)
    }
    if !itemFeatures.columns.isEmpty || !titles.isEmpty {
      let file = path("item", ".items")
      try write(itemFeatures, of: items, "item_id", titles, file, format, &report)
      report.files.append(file)
    }
    return report
  }

  /// Writes interactions and impressions, and returns the new names of renamed columns.
  private func writeLog(_ path: String, _ format: DataFormat) throws -> [String] {
    var renamed: [String] = []
    // A reader gives such a name its usual role even if no column was written for it.
    func free(_ name: String, _ role: String) -> String {
      guard
        ["user_id", "item_id", "weight", "timestamp"].contains(where: { plain($0) == plain(name) })
      else { return name }
      renamed.append("\(role)_\(name)")
      return "\(role)_\(name)"
    }
    var columns = [(name: "user_id", kind: "token"), (name: "item_id", kind: "token")]
    let hasWeights = impressions.count > 0 || log.weights.contains { $0 != 1 }
    if hasWeights { columns.append((name: "weight", kind: "float")) }
    if log.hasTimes { columns.append((name: "timestamp", kind: "float")) }
    let context = log.columns.context.columns
    columns += context.map { column in
      let name = free(column.name, "context")
      return if case .numbers = column.values { (name, "float") } else { (name, "token") }
    }
    let labels = log.columns.labels.names.filter { name in
      !context.contains { $0.name == name }
    }
    columns += labels.map { (free($0, "label"), "float") }
    var writer = try TableWriter(path, format: format, columns: columns)
    for log in [log, impressions] {
      let context = context.map { log.columns.context[$0.name]?.values }
      let labels = labels.map { log.columns.labels[$0] }
      for row in 0..<log.count {
        var values: [TableWriter.Value] = [
          .token(users, log.users[row].position), .token(items, log.items[row].position),
        ]
        if hasWeights { values.append(.number(log.weights[row])) }
        if self.log.hasTimes {
          values.append(log.hasTimes ? .digits(log.timeScale.text(of: log.times[row])) : .none)
        }
        for column in context {
          switch column {
          case .categories(let positions, let vocabulary):
            values.append(positions[row] < 0 ? .none : .token(vocabulary, Int(positions[row])))
          case .numbers(let numbers): values.append(.number(numbers[row]))
          case .none: values.append(.none)
          }
        }
        for column in labels { values.append(.number(column.map { $0[row] } ?? .nan)) }
        try writer.write(values)
      }
    }
    try writer.finish()
    return renamed
  }

  private func write(
    _ table: FeatureTable, of vocabulary: Vocabulary, _ id: String, _ titles: [String],
    _ path: String, _ format: DataFormat, _ report: inout WriteReport
  ) throws {
    var columns = [(name: id, kind: "token")]
    if !titles.isEmpty { columns.append((name: "title", kind: "token_seq")) }
    let isSingle = table.columns.map { column in
      guard case .categories(let rows, _) = column.values else { return false }
      return (0..<rows.count).allSatisfy { rows[$0].count <= 1 }
    }
    for (column, isSingle) in zip(table.columns, isSingle) {
      switch column.values {
      case .categories: columns.append((name: column.name, kind: isSingle ? "token" : "token_seq"))
      case .numbers: columns.append((name: column.name, kind: "float"))
      }
    }
    var writer = try TableWriter(path, format: format, columns: columns)
    for position in 0..<table.count {
      var values = [TableWriter.Value.token(vocabulary, position)]
      if !titles.isEmpty { values.append(.text(titles[position])) }
      for (column, isSingle) in zip(table.columns, isSingle) {
        switch column.values {
        case .categories(let rows, let categories):
          let row = Array(rows[position])
          values.append(
            isSingle
              ? row.first.map { .token(categories, Int($0)) } ?? .none : .tokens(categories, row))
        case .numbers(let numbers):
          values.append(.number(numbers[position]))
        }
      }
      try writer.write(values)
    }
    try writer.finish()
    report.replacedCategories += writer.replaced
    report.flattenedTitles += writer.flattened
  }
}
