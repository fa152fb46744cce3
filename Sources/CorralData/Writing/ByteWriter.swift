import CorralVectors
import Foundation

/// Writes a file under a temporary name and renames it when it is complete.
///
/// A writer that fails or is released removes the temporary file.
final class ByteWriter {
  private let path: String
  private let partial: String
  private let file: OutputFile
  private var pending: [UInt8] = []
  private var isFinished = false

  /// Opens the file for a path; throws `DataError.unwritable`.
  init(_ path: String) throws {
    self.path = path
    let folder = (path as NSString).deletingLastPathComponent
    let name = ".\((path as NSString).lastPathComponent).\(UInt32.random(in: 0 ... .max)).partial"
    partial = (folder as NSString).appendingPathComponent(name)
    file = try OutputFile(path: partial) { DataError.unwritable(path, $0) }
    pending.reserveCapacity(1 << 20)
  }

  deinit { if !isFinished { unlink(partial) } }

  /// Adds bytes.
  func write(_ bytes: some Collection<UInt8>) throws {
    pending.append(contentsOf: bytes)
    if pending.count >= 1 << 20 { try flush() }
  }

  /// Writes what is left and renames the file.
  func finish() throws {
    try flush()
    try file.flush()
    if rename(partial, path) != 0 { throw DataError.unwritable(path, errno) }
    isFinished = true
  }

  private func flush() throws {
    try pending.withUnsafeBytes { try file.write($0) }
    pending.removeAll(keepingCapacity: true)
  }
}

extension DataError {
  /// Creates the error for a file that the system refuses to write, from the system's error number.
  static func unwritable(_ path: String, _ code: Int32) -> DataError {
    .unwritable(file: path, reason: SystemReason.text(code))
  }
}
