import CorralVectors
import Foundation

/// The raw bytes of a file, read on demand.
///
/// The file is read and not mapped, so that a file which becomes shorter meanwhile causes an error
/// and not a signal. A pipe, which cannot be read twice, is read into memory at once.
package final class ByteSource: Sendable {
  let path: String
  /// The size of the file when it was opened.
  package let size: Int
  private let descriptor: Int32
  private let held: [UInt8]?

  package init(path: String) throws {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.refusal(path, errno) }
    do {
      (size, held) = try Self.contents(descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  /// Returns the size of a file, and its bytes if they can be read only once.
  private static func contents(
    _ descriptor: Int32, _ path: String
  ) throws -> (size: Int, held: [UInt8]?) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw refusal(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return (Int(status.st_size), nil)
    case S_IFDIR:
      throw DataError.unreadable(file: path, reason: "this is a folder where a file is needed")
    default:
      let bytes = try everything(descriptor, path)
      return (bytes.count, bytes)
    }
  }

  deinit { close(descriptor) }

  /// Fills a buffer from an offset of the file; returns fewer bytes at the end of the file.
  ///
  /// Several threads fill a large buffer. Throws `DataError.unreadable` if the file has become
  /// shorter.
  package func read(into output: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    let wanted = max(0, min(output.count, size - offset))
    if wanted == 0 { return 0 }
    if let held {
      held[offset..<(offset + wanted)].withUnsafeBytes { output.copyMemory(from: $0) }
      return wanted
    }
    // Each piece fills its own part of the buffer.
    nonisolated(unsafe) let output = output
    let failures = Parallel.map(wanted, grain: 4 << 20) { range in
      var at = range.lowerBound
      while at < range.upperBound {
        let found = pread(
          self.descriptor, output.baseAddress.map { $0 + at }, range.upperBound - at,
          off_t(offset + at))
        if found < 0, errno == EINTR { continue }
        if found < 0 { return errno }
        if found == 0 { return -1 }
        at += found
      }
      return Int32(0)
    }
    if let failure = failures.first(where: { $0 > 0 }) { throw Self.refusal(path, failure) }
    if failures.contains(-1) {
      throw DataError.unreadable(
        file: path,
        reason: "the file became shorter while it was read; read it again when nothing writes to it"
      )
    }
    return wanted
  }

  private static func everything(_ descriptor: Int32, _ path: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let found = block.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress, $0.count)
      }
      if found < 0, errno == EINTR { continue }
      if found < 0 { throw refusal(path, errno) }
      if found == 0 { return bytes }
      bytes += block[..<found]
    }
  }

  private static func refusal(_ path: String, _ code: Int32) -> DataError {
    switch code {
    case ENOENT, ENOTDIR: .missingFile(path)
    default: .unreadable(file: path, reason: "the file cannot be read: \(SystemReason.text(code))")
    }
  }
}
