import CorralVectors
import Foundation

/// A directory that is open for reading, even if its name changes.
///
/// Two directories may change names while one is read. What was opened stays the same directory, so
/// that files of two models are never mixed.
final class OpenFolder: Sendable {
  /// Where the directory was when it was opened.
  let url: URL
  private let descriptor: Int32
  private let identity: Identity

  /// The identity of a directory, whatever its name.
  private struct Identity: Equatable {
    let device: UInt64
    let node: UInt64

    init?(_ result: Int32, _ status: stat) {
      guard result == 0 else { return nil }
      device = UInt64(truncatingIfNeeded: status.st_dev)
      node = UInt64(truncatingIfNeeded: status.st_ino)
    }
  }

  /// Opens a directory; throws `ArtifactError`.
  init(_ url: URL) throws {
    descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    self.url = url
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: throw ArtifactError.notAModel(path: url.path, reason: Self.isMissing)
      case ENOTDIR: throw ArtifactError.notAModel(path: url.path, reason: Self.isFile)
      default: throw ArtifactError.system(errno, path: url.path, writing: false)
      }
    }
    var status = stat()
    guard let identity = Identity(fstat(descriptor, &status), status) else {
      let number = errno
      close(descriptor)
      throw ArtifactError.system(number, path: url.path, writing: false)
    }
    self.identity = identity
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  static let isMissing = "there is no such directory"
  private static let isFile = "it is a file, not a directory"

  /// Whether the directory is still the one under its name.
  var isInPlace: Bool {
    var status = stat()
    return Identity(stat(url.path, &status), status) == identity
  }

  /// Runs a body; what it throws after another directory has taken this one's place is
  /// `ArtifactError.replacedWhileReading`.
  func reading<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw isInPlace ? error : ArtifactError.replacedWhileReading(path: url.path)
    }
  }

  /// Opens a file; throws `ArtifactError.missingFile` if it does not exist or is not a regular file.
  func file(_ name: String) throws -> OpenFile {
    // Without O_NONBLOCK a named pipe would wait for its writer.
    let file = openat(descriptor, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    let path = url.appendingPathComponent(name).path
    guard file >= 0 else {
      if [ENOENT, ENOTDIR].contains(errno) { throw ArtifactError.missingFile(path: path) }
      throw ArtifactError.system(errno, path: path, writing: false)
    }
    let opened = try OpenFile(descriptor: file, path: path)
    guard opened.isRegular else { throw ArtifactError.missingFile(path: path) }
    return opened
  }
}

/// A file that is open for reading.
final class OpenFile: Sendable {
  /// Where the file was when it was opened.
  let path: String
  /// Its length.
  let count: Int
  /// Whether it is a regular file: no directory, device or pipe.
  let isRegular: Bool
  private let descriptor: Int32

  fileprivate init(descriptor: Int32, path: String) throws {
    var status = stat()
    let result = fstat(descriptor, &status)
    self.descriptor = descriptor
    self.path = path
    count = Int(status.st_size)
    isRegular = status.st_mode & S_IFMT == S_IFREG
    if result != 0 { throw ArtifactError.system(errno, path: path, writing: false) }
  }

  /// Opens a file by its path; throws `ArtifactError`.
  convenience init(path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw ArtifactError.system(errno, path: path, writing: false) }
    try self.init(descriptor: descriptor, path: path)
  }

  deinit { close(descriptor) }

  /// The bytes, mapped into memory: they are read from the disk when they are looked at.
  func mapped() throws -> Data {
    if count == 0 { return Data() }
    guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw ArtifactError.system(errno, path: path, writing: false) }
    return Data(
      bytesNoCopy: address, count: count, deallocator: .custom { munmap($0, $1) })
  }

  /// Calls the body with the bytes from the start of the file, one piece after another.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 64) { piece in
      var at = 0
      while true {
        let count = pread(descriptor, piece.baseAddress, piece.count, off_t(at))
        if count == 0 { return }
        if count < 0 {
          if errno == EINTR { continue }
          throw ArtifactError.system(errno, path: path, writing: false)
        }
        try body(UnsafeRawBufferPointer(rebasing: piece[..<count]))
        at += count
      }
    }
  }
}
