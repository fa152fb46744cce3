import CorralVectors
import Foundation

/// The file to which bad records are appended, one JSON object per line; it counts them.
///
/// Several sources may append to one file.
final class DeadLetterFile {
  /// How many records were appended.
  private(set) var count = 0
  private let file: URL

  /// A file, which is made when the first record is bad.
  init(_ file: URL) { self.file = file }

  /// Appends letters; returns when they are on the disk.
  ///
  /// If it throws, some of them may be there all the same, and whoever repeats the call repeats them.
  ///
  /// - Throws: `StreamError.unwritable`.
  func append(_ letters: [DeadLetter]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var lines = Data()
    do {
      for letter in letters {
        lines += try encoder.encode(letter)
        lines.append(UInt8(ascii: "\n"))
      }
    } catch { throw StreamError.unwritable(path: file.path, reason: "\(error)") }
    let descriptor = open(file.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw refusal() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw refusal() }
    // A process that ended while it wrote left a line without an end.
    var last = UInt8(ascii: "\n")
    if status.st_size > 0, pread(descriptor, &last, 1, status.st_size - 1) != 1 { throw refusal() }
    if last != UInt8(ascii: "\n") { lines.insert(UInt8(ascii: "\n"), at: lines.startIndex) }
    try lines.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let result = write(
          descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if result < 0, errno == EINTR { continue }
        guard result >= 0 else { throw refusal() }
        written += result
      }
    }
    guard fsync(descriptor) == 0 else { throw refusal() }
    if status.st_size == 0 {
      // The name of the new file survives a power cut too.
      let folder = open(file.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
      fsync(folder)
      close(folder)
    }
    count += letters.count
  }

  private func refusal() -> StreamError {
    .unwritable(path: file.path, reason: SystemReason.text(errno))
  }
}
