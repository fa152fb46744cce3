import CorralArtifacts
import CorralVectors
import Foundation

/// Files to which lines are added, such as logs.
enum AppendedLines {
  /// Adds a line; a line that a crash cut is ended first.
  ///
  /// - Throws: `ArtifactError`.
  static func append(_ line: Data, to file: URL) throws {
    let descriptor = open(file.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(file) }
    defer { close(descriptor) }
    var bytes = line
    bytes.append(UInt8(ascii: "\n"))
    let size = lseek(descriptor, 0, SEEK_END)
    var last = UInt8(ascii: "\n")
    if size > 0, pread(descriptor, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") {
      bytes.insert(UInt8(ascii: "\n"), at: bytes.startIndex)
    }
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count else { throw failure(file) }
  }

  private static func failure(_ file: URL) -> ArtifactError {
    .unwritable(path: file.path, reason: SystemReason.text(errno))
  }
}
