import CorralVectors
import Foundation

/// Writes a file under a temporary name and renames it when it is complete.
///
/// A writer that fails or is released removes the temporary file.
final class ByteWriter {
  private let path: String
  private let partial: String
  private let descriptor: Int32
  private var pending: [UInt8] = []
  private var isFinished = false

  /// Opens the file for a path; throws `DataError.unwritable`.
  init(_ path: String) throws {
    self.path = path
    let folder = (path as NSString).deletingLastPathComponent
    let name = ".\((path as NSString).lastPathComponent).\(UInt32.random(in: 0 ... .max)).partial"
    partial = (folder as NSString).appendingPathComponent(name)
    descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw DataError.unwritable(path, errno) }
    pending.reserveCapacity(1 << 20)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isFinished, descriptor >= 0 { unlink(partial) }
  }

  /// Adds bytes.
  func write(_ bytes: some Collection<UInt8>) throws {
    pending.append(contentsOf: bytes)
    if pending.count >= 1 << 20 { try flush() }
  }

  /// Writes what is left and renames the file.
  func finish() throws {
    try flush()
    if fsync(descriptor) != 0, errno != EINVAL { throw DataError.unwritable(path, errno) }
    if rename(partial, path) != 0 { throw DataError.unwritable(path, errno) }
    isFinished = true
  }

  private func flush() throws {
    try pending.withUnsafeBytes { bytes in
      var at = 0
      while at < bytes.count {
        let count = Foundation.write(
          descriptor, bytes.baseAddress.map { $0 + at }, bytes.count - at)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw DataError.unwritable(path, errno) }
        at += count
      }
    }
    pending.removeAll(keepingCapacity: true)
  }
}

extension DataError {
  /// Creates the error for a file that the system refuses to write, from the system's error number.
  static func unwritable(_ path: String, _ code: Int32) -> DataError {
    .unwritable(file: path, reason: SystemReason.text(code))
  }
}
