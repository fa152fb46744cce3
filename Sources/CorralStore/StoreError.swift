import Foundation
import GRDB

/// What keeps a store from opening, reading or writing.
package enum StoreError: Error, Equatable, CustomStringConvertible {
  /// The store was written by a newer version of Corral.
  case newer(path: String, migration: String)
  /// A process, with its number if that is known, has the store open.
  case inUse(path: String, process: Int?)
  /// The file is no store of Corral.
  case notAStore(path: String)
  /// Bytes of the store were changed or lost.
  case damaged(path: String, reason: String)
  /// The store cannot be written, or cannot be made.
  case readOnly(path: String)
  /// Another program holds the lock of the file for too long.
  case locked(path: String)
  /// Too many events wait for the disk.
  case full
  /// The disk has no space left.
  case diskFull(path: String)
  /// An id or a name is empty, or holds a character that cannot be stored.
  case invalid(what: String)
  /// The store was closed.
  case closed(path: String)
  /// Something else that SQLite says.
  case failed(path: String, reason: String)

  /// What is wrong, and what to do.
  package var description: String {
    switch self {
    case .newer(let path, let migration):
      "\(path) was written by a newer version of Corral (it has the migration '\(migration)'); "
        + "use that version, or another --store"
    case .inUse(let path, let process):
      "\(path) is in use by \(process.map { "process \($0)" } ?? "another process"); "
        + "stop it, or give another --store"
    case .notAStore(let path):
      "\(path) is a database of another program, not a store of Corral; give another --store"
    case .damaged(let path, let reason):
      "\(path) is damaged (\(reason)); put a copy of it in its place, or give another --store"
    case .readOnly(let path):
      "\(path) cannot be written; check who owns the folder and its files, or give another --store"
    case .locked(let path):
      "\(path) is locked by another program; let it finish, then try again"
    case .full: "too many events wait for the disk; send them again later"
    case .diskFull(let path): "no space is left on the disk that holds \(path); free some"
    case .invalid(let what): "\(what) is empty or holds the character NUL, which cannot be stored"
    case .closed(let path): "\(path) was closed"
    case .failed(let path, let reason): "\(path): \(reason)"
    }
  }
}

extension StoreError {
  /// The error that stands for another one which came up at a path; a `StoreError` stays as it is.
  init(_ error: any Error, path: String) {
    guard let error = error as? DatabaseError else {
      self = error as? StoreError ?? .failed(path: path, reason: "\(error)")
      return
    }
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_FULL: self = .diskFull(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path, reason: reason)
    case .SQLITE_IOERR where Self.isFull(path): self = .diskFull(path: path)
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHORT_READ:
      self = .damaged(path: path, reason: "a file is shorter than it should be")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
      self = Self.isFull(path) ? .diskFull(path: path) : .readOnly(path: path)
    case .SQLITE_MISUSE where reason.contains("closed"): self = .closed(path: path)
    default: self = .failed(path: path, reason: reason)
    }
  }

  /// Whether the disk that holds a path has no block left.
  ///
  /// SQLite does not say so when the file that it shares among connections cannot grow.
  private static func isFull(_ path: String) -> Bool {
    var disk = statvfs()
    return statvfs(path, &disk) == 0 && disk.f_bavail == 0
  }

  /// Throws `invalid` for a text that cannot be stored: an empty one, or one that holds a NUL, which
  /// would end it on the disk.
  static func check(_ text: String, _ what: @autoclosure () -> String) throws {
    if text.isEmpty || text.utf8.contains(0) { throw StoreError.invalid(what: what()) }
  }
}
