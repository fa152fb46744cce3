import CorralVectors
import Foundation

extension Dataset {
  /// The vocabularies whose tokens are written.
  var vocabularies: [Vocabulary] {
    let context = [log, impressions].flatMap { $0.columns.context.columns }.compactMap { column in
      if case .categories(_, let vocabulary) = column.values { vocabulary } else { nil }
    }
    let features = (userFeatures.columns + itemFeatures.columns).compactMap { column in
      if case .categories(_, let vocabulary) = column.values { vocabulary } else { nil }
    }
    return [users, items] + context + features
  }

  /// Throws for a token or a column name that atomic files cannot hold.
  func refuseUnwritableTokens() throws {
    var found = 0
    var example = ""
    for vocabulary in vocabularies {
      let tokens = vocabulary.count { $0.bytes.contains { $0 == Byte.tab || $0.endsLines } }
      if found == 0, tokens > 0 {
        example =
          (0..<vocabulary.count).first { position in
            vocabulary.table.withField(position) { field in
              field.bytes.contains { $0 == Byte.tab || $0.endsLines }
            }
          }.map { vocabulary[$0] } ?? ""
      }
      found += tokens
    }
    if found > 0 {
      throw SettingError(
        "format", text: "atomic",
        (found == 1 ? "1 id or category holds" : "\(found) ids and categories hold")
          + " a tab or a line end, as '\(Self.escaped(example))', which would have to be replaced;"
          + " write 'csv' or 'jsonl', which keep them")
    }
    let names =
      log.columns.context.columns.map(\.name) + log.columns.labels.names
      + userFeatures.columns.map(\.name) + itemFeatures.columns.map(\.name)
    for name in names where name.utf8.contains(where: { $0 == Byte.colon || $0 < 0x20 }) {
      throw SettingError(
        "format", text: "atomic",
        "the name of column '\(Self.escaped(name))' holds a colon, a tab or a line end, which"
          + " would have to be changed; write 'csv' or 'jsonl', which keep it")
    }
  }

  /// Creates the folder and its parents; throws `DataError.unwritable`.
  static func makeFolder(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw DataError.unwritable(file: folder, reason: SystemReason.text(of: error))
    }
  }

  /// Whether a token holds bytes that are not UTF-8.
  static func isNoUTF8(_ token: Field) -> Bool {
    String(validating: token.bytes, as: UTF8.self) == nil
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\t", with: "\\t").replacing("\r", with: "\\r").replacing("\n", with: "\\n")
  }
}

extension Vocabulary {
  /// Counts the tokens whose bytes meet a condition.
  func count(where isOne: (Field) -> Bool) -> Int {
    (0..<count).count { table.withField($0, isOne) }
  }
}
