import Foundation
import GRDB
import GRDBSQLite

/// A prepared statement whose values are bound and read without boxes.
///
/// It is for what runs once for each event: GRDB's own arguments and rows cost several times as much.
/// Texts are bound with their lengths, and copied by SQLite. A statement is kept by its connection and
/// prepared once.
struct Query {
  private let database: Database
  private let statement: Statement
  private var handle: OpaquePointer { statement.sqliteStatement }

  /// The statement of a connection, at its beginning.
  init(_ database: Database, _ sql: String) throws {
    self.database = database
    statement = try database.cachedStatement(sql: sql)
    reset()
  }

  /// Binds a number to the parameter at a place, 1 for the first.
  func bind(_ value: Int64?, at place: Int32) {
    if let value {
      sqlite3_bind_int64(handle, place, value)
    } else {
      sqlite3_bind_null(handle, place)
    }
  }

  /// Binds a number to the parameter at a place; one that is not a number becomes NULL.
  func bind(_ value: Double?, at place: Int32) {
    if let value {
      sqlite3_bind_double(handle, place, value)
    } else {
      sqlite3_bind_null(handle, place)
    }
  }

  /// Binds a text to the parameter at a place.
  func bind(_ value: String?, at place: Int32) {
    guard var value else {
      sqlite3_bind_null(handle, place)
      return
    }
    // -1 stands for SQLITE_TRANSIENT: SQLite copies the bytes at once.
    let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    value.withUTF8 { bytes in
      _ = bytes.withMemoryRebound(to: CChar.self) {
        sqlite3_bind_text(handle, place, $0.baseAddress, Int32($0.count), copied)
      }
    }
  }

  /// Binds bytes to the parameter at a place.
  func bind(_ value: Data, at place: Int32) {
    let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    _ = value.withUnsafeBytes {
      sqlite3_bind_blob(handle, place, $0.baseAddress, Int32($0.count), copied)
    }
  }

  /// Goes to the next row; `false` when there is none, and then the statement is at its beginning
  /// again.
  func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      reset()
      return false
    default:
      let error = DatabaseError(
        resultCode: ResultCode(
          rawValue: sqlite3_extended_errcode(database.sqliteConnection)),
        message: database.lastErrorMessage)
      reset()
      throw error
    }
  }

  /// Runs a statement that has no rows.
  func run() throws { while try step() {} }

  /// Ends the reading before the last row.
  func reset() { sqlite3_reset(handle) }

  /// Whether the column at a place, 0 for the first, is NULL.
  func isNull(_ place: Int32) -> Bool { sqlite3_column_type(handle, place) == SQLITE_NULL }

  /// The number in a column.
  func integer(_ place: Int32) -> Int64 { sqlite3_column_int64(handle, place) }

  /// The number in a column, which may be NULL.
  func integerIfAny(_ place: Int32) -> Int64? { isNull(place) ? nil : integer(place) }

  /// The number in a column, which may be NULL.
  func double(_ place: Int32) -> Double? {
    isNull(place) ? nil : sqlite3_column_double(handle, place)
  }

  /// The text in a column, which may be NULL.
  func textIfAny(_ place: Int32) -> String? {
    sqlite3_column_text(handle, place).map { bytes in
      let count = Int(sqlite3_column_bytes(handle, place))
      return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
  }

  /// Calls a function with the bytes in a column.
  func withBytes<Result>(
    _ place: Int32, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let start = sqlite3_column_blob(handle, place)
    return try body(
      UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, place))))
  }

  /// The text in a column.
  func text(_ place: Int32) -> String { textIfAny(place) ?? "" }
}
