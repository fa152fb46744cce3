import Foundation

/// Writes a file beside its place, piece by piece, and moves it there when it is whole.
final class ByteWriter {
  private let path: String
  private let partial: String
  private let file: FileHandle
  private var pending: [UInt8] = []

  /// Opens the file that will be at a path.
  init(_ path: String) throws {
    self.path = path
    partial = path + ".partial"
    guard FileManager.default.createFile(atPath: partial, contents: nil),
      let file = FileHandle(forWritingAtPath: partial)
    else {
      throw DataError.unreadable(
        file: path, reason: "the file cannot be written; check the folder and its permissions")
    }
    self.file = file
    pending.reserveCapacity(1 << 20)
  }

  /// Adds bytes.
  func write(_ bytes: some Collection<UInt8>) throws {
    pending.append(contentsOf: bytes)
    if pending.count >= 1 << 20 { try flush() }
  }

  /// Adds one byte.
  func write(_ byte: UInt8) { pending.append(byte) }

  /// Adds a text.
  func write(_ text: String) throws { try write(text.utf8) }

  /// Writes what is left and moves the file into its place.
  func finish() throws {
    try flush()
    do {
      try file.close()
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: partial, toPath: path)
    } catch { throw failed(error) }
  }

  private func flush() throws {
    do {
      try file.write(contentsOf: pending)
    } catch { throw failed(error) }
    pending.removeAll(keepingCapacity: true)
  }

  private func failed(_ error: any Error) -> DataError {
    try? FileManager.default.removeItem(atPath: partial)
    return .unreadable(
      file: path, reason: "the file cannot be written: \(error.localizedDescription)")
  }
}
