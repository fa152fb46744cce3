import Foundation
import GRDB

/// Rows of items: features are JSON, the rest has columns.
extension ItemRecord {
  /// The columns of an item of whom nothing is known.
  static let emptied = """
    title = NULL, categories = NULL, features = NULL, isHidden = 0, publishedAt = NULL,
    expiresAt = NULL
    """

  /// Writes the record into the row of a key.
  func write(_ key: Int32, to db: Database) throws {
    try db.cachedStatement(
      sql: """
        UPDATE items SET isRecorded = 1, title = ?, categories = ?, features = ?, isHidden = ?,
          publishedAt = ?, expiresAt = ? WHERE key = ?
        """
    ).execute(arguments: [
      title, categories.isEmpty ? nil : RowText.of(categories),
      features.isEmpty ? nil : RowText.of(features), isHidden,
      publishedAt.map(Instant.microseconds), expiresAt.map(Instant.microseconds), key,
    ])
  }

  /// The records that a condition selects, with their keys.
  static func all(
    _ db: Database, _ condition: String, _ arguments: StatementArguments
  ) throws -> [(key: ItemKey, record: ItemRecord)] {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT key, id, title, categories, features, isHidden, publishedAt, expiresAt FROM items
          \(condition)
        """, arguments: arguments)
    var records: [(key: ItemKey, record: ItemRecord)] = []
    while let row = try rows.next() {
      var record = ItemRecord(id: row[1])
      record.title = row[2]
      record.categories = try RowText.value(row[3]) ?? []
      record.features = try RowText.value(row[4]) ?? [:]
      record.isHidden = row[5]
      record.publishedAt = (row[6] as Int64?).map(Instant.date)
      record.expiresAt = (row[7] as Int64?).map(Instant.date)
      records.append((ItemKey(row[0]), record))
    }
    return records
  }
}

/// Rows of users.
extension UserRecord {
  /// The columns of a user of whom nothing is known.
  static let emptied = "features = NULL"

  /// Writes the record into the row of a key.
  func write(_ key: Int32, to db: Database) throws {
    try db.cachedStatement(sql: "UPDATE users SET isRecorded = 1, features = ? WHERE key = ?")
      .execute(arguments: [features.isEmpty ? nil : RowText.of(features), key])
  }

  /// The records that a condition selects.
  static func all(
    _ db: Database, _ condition: String, _ arguments: StatementArguments
  ) throws -> [UserRecord] {
    let rows = try Row.fetchCursor(
      db, sql: "SELECT id, features FROM users \(condition)", arguments: arguments)
    var records: [UserRecord] = []
    while let row = try rows.next() {
      var record = UserRecord(id: row[0])
      record.features = try RowText.value(row[1]) ?? [:]
      records.append(record)
    }
    return records
  }
}

/// Categories and features as JSON texts in a row.
enum RowText {
  /// The text of a value, with sorted keys, so that equal values are equal texts.
  static func of(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The value of a text; `nil` of none.
  static func value<Value: Decodable>(_ text: String?) throws -> Value? {
    try text.map { try JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
  }
}

/// A number is a number, categories are an array of texts.
extension FeatureValue: Codable {
  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else {
      self = .categories(try value.decode([String].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .number(let number): try value.encode(number)
    case .categories(let categories): try value.encode(categories)
    }
  }
}
