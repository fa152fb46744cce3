import GRDB
import GRDBSQLite

/// The bytes of a connection's file, read through the connection's own descriptor.
struct DatabaseFile {
  private let file: UnsafeMutablePointer<sqlite3_file>
  private let methods: sqlite3_io_methods
  /// The number of bytes.
  let count: Int64

  /// The file of a connection, while that is open.
  init(_ database: Database) throws {
    var pointer: UnsafeMutablePointer<sqlite3_file>?
    let code = sqlite3_file_control(
      database.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &pointer)
    guard code == SQLITE_OK, let pointer, let methods = pointer.pointee.pMethods else {
      throw DatabaseError(resultCode: ResultCode(rawValue: code))
    }
    file = pointer
    self.methods = methods.pointee
    var size = Int64(0)
    try Self.check(self.methods.xFileSize(pointer, &size))
    count = size
  }

  /// Fills an array with the bytes at a place; returns how many there were.
  func read(at place: Int64, into bytes: inout [UInt8]) throws -> Int {
    let wanted = Int(min(count - place, Int64(bytes.count)))
    let code = bytes.withUnsafeMutableBytes {
      methods.xRead(file, $0.baseAddress, Int32(wanted), place)
    }
    // The file may have become shorter; what is missing is filled with zeros.
    if code != ResultCode.SQLITE_IOERR_SHORT_READ.rawValue { try Self.check(code) }
    return wanted
  }

  private static func check(_ code: Int32) throws {
    if code != SQLITE_OK { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
  }
}
