import CorralVectors
package import Foundation

/// A lock that a process holds on a file of its own, and that the system lets go when it ends.
///
/// The file holds the number of the process, so that another one can say who is at work.
package final class ProcessLock: Sendable {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Takes the lock of a file, which is created if it is missing.
  ///
  /// Throws `ArtifactError.inUse` when another process has it. On a file system without locks every
  /// process takes it.
  package static func take(_ file: URL) throws -> ProcessLock {
    while true {
      let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      if descriptor < 0 { throw ArtifactError.system(errno, path: file.path, writing: true) }
      let lock = ProcessLock(descriptor: descriptor)
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
        let process = (try? String(contentsOf: file, encoding: .utf8)).flatMap {
          Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        throw ArtifactError.inUse(
          path: file.deletingLastPathComponent().path, process: process)
      }
      // Whoever had the lock before may have removed the file, and then it locks nothing.
      var (mine, there) = (stat(), stat())
      guard fstat(descriptor, &mine) == 0, stat(file.path, &there) == 0,
        mine.st_ino == there.st_ino
      else { continue }
      let number = Array("\(getpid())\n".utf8)
      ftruncate(descriptor, 0)
      _ = pwrite(descriptor, number, number.count, 0)
      return lock
    }
  }
}
