import Foundation

/// The lock by which one process at a time has a store open.
///
/// The system lets it go when the process ends, however that happens.
final class StoreLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock of a store's directory: of its file `lock`, which holds the process' number.
  ///
  /// - Throws: `StoreError.inUse` if it is taken, also by another `Store` of this process.
  init(_ directory: URL) throws {
    let file = directory.appendingPathComponent("lock")
    descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw errno == ENOSPC
        ? StoreError.diskFull(path: directory.path) : .readOnly(path: directory.path)
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      let owner = (try? String(contentsOf: file, encoding: .utf8)).flatMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      close(descriptor)
      throw StoreError.inUse(path: directory.path, process: owner)
    }
    let number = Array("\(getpid())\n".utf8)
    ftruncate(descriptor, 0)
    _ = pwrite(descriptor, number, number.count, 0)
  }

  deinit { close(descriptor) }
}
