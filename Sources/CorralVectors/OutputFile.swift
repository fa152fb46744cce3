package import Foundation

/// A file that is written from its start to its end, without a buffer.
///
/// It is closed when it is released; `flush` first, where the bytes must outlive a power cut.
package struct OutputFile: ~Copyable {
  private let descriptor: Int32
  private let failure: (_ number: Int32) -> any Error

  /// Creates a file, or empties the one that is there.
  ///
  /// - Parameters:
  ///   - path: where the file is.
  ///   - failure: the error to throw for an error number of the system.
  /// - Throws: what `failure` returns.
  package init(path: String, failure: @escaping (_ number: Int32) -> any Error) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    self.failure = failure
    if descriptor < 0 { throw failure(errno) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends bytes, all of them or throws.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let written = Foundation.write(descriptor, part.baseAddress, part.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw failure(errno)
      }
      rest = rest.dropFirst(written)
    }
  }

  /// Appends bytes, all of them or throws.
  package func write(_ data: Data) throws {
    try data.withUnsafeBytes { try write($0) }
  }

  /// Waits until the bytes are on the disk.
  package func flush() throws {
    // Some file systems cannot flush (EINVAL).
    if fsync(descriptor) != 0, errno != EINVAL { throw failure(errno) }
  }
}
