/// A sample of the log, to find out why few of its identifiers are in a user or item file.
struct LogSample {
  /// The names of the log's columns.
  var names: [String]
  /// The first values of each column.
  var values: [[String]]
  /// The columns that are known not to be this identifier.
  var others: [Int]
}

extension FeatureReader {
  /// Explains why few identifiers of the log are in the file, one line each: another column
  /// matches, or the files spell the same identifiers differently.
  ///
  /// Reads the file once more.
  func adviceOnMatching(_ log: LogSample, _ role: ColumnRole) throws -> [String] {
    var hits = [Int](repeating: 0, count: layout.columns.count)
    var ofLog: [ExactText: [Int]] = [:]
    for (column, values) in log.values.enumerated() {
      for value in Set(values.map { ExactText($0) }) { ofLog[value, default: []].append(column) }
    }
    var logHits = [Int](repeating: 0, count: log.names.count)
    let known = (0..<min(1_000, vocabulary.count)).map { vocabulary[$0] }
    var spellings = Spelling.allCases.map { spelling in
      (spelling, ids: Set(known.map { ExactText(spelling.normal($0)) }), hits: 0)
    }
    var rows = 0
    try eachRow { fields, _, outcome, _ in
      guard case .fields(let found) = outcome, found == layout.columns.count else { return }
      rows += 1
      for column in hits.indices where vocabulary.table.position(of: fields[column]) != nil {
        hits[column] += 1
      }
      // A part of a large file is enough.
      guard rows <= 100_000 else { return }
      let id = fields[id].text
      for column in ofLog[ExactText(id)] ?? [] { logHits[column] += 1 }
      for at in spellings.indices
      where spellings[at].ids.contains(ExactText(spellings[at].0.normal(id))) {
        spellings[at].hits += 1
      }
    }
    let enough = max(1, min(rows, known.count) / 2)
    let here = hits[id]
    var advice: [String] = []
    if let best = hits.indices.max(by: { hits[$0] < hits[$1] }), best != id, hits[best] >= enough {
      advice.append(
        "its column '\(layout.columns[best].name)' has \(hits[best]) of them: set"
          + " data.\(role.rawValue)Key=\(layout.columns[best].name)")
    }
    // A column that other spellings match too is more likely than one that matches only by this.
    if let best = spellings.max(by: { $0.hits < $1.hits }), best.hits >= enough, best.hits > here {
      advice.append(best.0.advice)
    }
    let distinct = log.values.map { Set($0.map { ExactText($0) }).count }
    let free = logHits.indices.filter { !log.others.contains($0) }
    if let best = free.max(by: { logHits[$0] < logHits[$1] }),
      logHits[best] > here, logHits[best] * 2 >= min(rows, distinct[best])
    {
      advice.append(
        "column '\(log.names[best])' of the log matches better: set"
          + " \(role.setting)=\(log.names[best])")
    }
    return advice
  }

  /// The ways in which two files can spell the same identifier differently.
  private enum Spelling: CaseIterable {
    case decimals
    case spaces
    case zeros
    case letters

    /// Returns the identifier without what may differ.
    func normal(_ id: String) -> String {
      switch self {
      case .decimals: id.hasSuffix(".0") ? String(id.dropLast(2)) : id
      case .spaces: withField(of: id) { $0.trimmed().text }
      case .zeros:
        String(id.drop { $0 == "0" })
      case .letters: id.lowercased()
      }
    }

    var advice: String {
      switch self {
      case .decimals:
        "one writes whole numbers with a decimal point, '1.0' and not '1': write both the same way"
          + " (in pandas, .astype('Int64') before to_csv)"
      case .spaces: "one has spaces around identifiers: write both the same way"
      case .zeros:
        "one has lost leading zeros, '7' and not '007': write both the same way (in pandas, read"
          + " identifiers with dtype=str)"
      case .letters: "one has other capitals than the other: write both the same way"
      }
    }
  }
}
