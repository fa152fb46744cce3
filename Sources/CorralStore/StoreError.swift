/// What keeps a store from opening, reading or writing.
package enum StoreError: Error, Equatable, CustomStringConvertible {
  /// The store was written by a newer version of Corral.
  case newer(path: String, migration: String)
  /// Another process has the store open.
  case inUse(path: String)
  /// Too many events wait for the disk.
  case full
  /// The disk has no space left.
  case diskFull(path: String)
  /// Something else that SQLite says.
  case failed(path: String, reason: String)

  /// What is wrong, and what to do.
  package var description: String {
    switch self {
    case .newer(let path, let migration):
      "\(path) was written by a newer version of Corral (it has the migration '\(migration)'); "
        + "use that version, or another --store"
    case .inUse(let path): "\(path) is in use by another process; stop it, or give another --store"
    case .full: "too many events wait for the disk; send them again later"
    case .diskFull(let path): "no space is left on the disk that holds \(path); free some"
    case .failed(let path, let reason): "\(path): \(reason)"
    }
  }
}
