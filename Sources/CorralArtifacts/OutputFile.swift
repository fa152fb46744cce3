package import Foundation

/// A file that is written from its start, with every failure named.
///
/// The caller closes it; `flush` first, where the bytes must outlive a power cut.
package struct OutputFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// Creates a file, or empties the one that is there.
  package init(path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    self.path = path
    if descriptor < 0 { throw ArtifactError.system(errno, path: path, writing: true) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends bytes, all of them or throws.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      #if canImport(Darwin)
        let written = Darwin.write(descriptor, part.baseAddress, part.count)
      #else
        let written = Glibc.write(descriptor, part.baseAddress, part.count)
      #endif
      if written < 0 {
        if errno == EINTR { continue }
        throw ArtifactError.system(errno, path: path, writing: true)
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
    if fsync(descriptor) != 0 { throw ArtifactError.system(errno, path: path, writing: true) }
  }
}

/// Waits until a file's bytes, or the names in a directory, are on the disk.
func flushToDisk(_ path: String) throws {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  if descriptor < 0 { throw ArtifactError.system(errno, path: path, writing: true) }
  defer { close(descriptor) }
  // Some file systems cannot flush a directory (EINVAL) and order renames by themselves.
  if fsync(descriptor) != 0, errno != EINVAL {
    throw ArtifactError.system(errno, path: path, writing: true)
  }
}
