import CorralVectors
import Foundation

/// A file that grows, open at a place; it stays the same file when it is renamed or deleted.
final class OpenLog {
  /// What reading on found.
  enum Outcome: Equatable {
    /// More bytes.
    case more
    /// The end, for now.
    case end
    /// That the file was cut and does not hold what was read before.
    case truncated
  }

  /// The path by which it was opened.
  let path: String
  /// What the system calls the file.
  let inode: UInt64
  /// How many bytes were read.
  private(set) var offset: Int
  /// The first bytes that were seen, at most 1,024, by which a truncation is noticed.
  private(set) var head: [UInt8]
  /// When the file was last written, as of the last reading.
  private(set) var changed: LogFiles.Moment
  private let descriptor: Int32
  private var block = [UInt8](repeating: 0, count: 1 << 18)

  /// Opens a file at its beginning.
  ///
  /// - Throws: `StreamError.unreadable`.
  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw StreamError.unreadable(path: path, reason: SystemReason.text(errno))
    }
    (offset, head) = (0, [])
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw StreamError.unreadable(
        path: path, reason: "only a file can be followed; give a pipe as standard input")
    }
    inode = UInt64(status.st_ino)
    changed = LogFiles.Moment(status)
  }

  /// Opens a file that was listed; `nil` if it is not at its path any more.
  ///
  /// - Throws: `StreamError.unreadable` for one that is there and cannot be opened.
  convenience init?(_ entry: LogFiles.Entry) throws {
    do { try self.init(path: entry.path) } catch {
      var status = stat()
      if stat(entry.path, &status) == 0, UInt64(status.st_ino) == entry.inode { throw error }
      return nil
    }
    if inode != entry.inode { return nil }
  }

  deinit { close(descriptor) }

  /// The number of bytes in the file, and when they last changed.
  func status() throws -> (size: Int, changed: LogFiles.Moment) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw refusal() }
    return (Int(status.st_size), LogFiles.Moment(status))
  }

  /// Adds what the file holds behind the bytes that were read, at most 256 KB.
  func read(into buffer: inout LineBuffer) throws -> Outcome {
    let count = try block.withUnsafeMutableBytes { try read($0, at: offset) }
    // Only now: a file that was cut before the reading is found out in any case.
    let found = try status()
    guard found.size >= offset, try firstBytes(head.count) == head else { return .truncated }
    changed = found.changed
    if count == 0 { return .end }
    block.withUnsafeBytes { bytes in
      buffer.append(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      let known = max(0, head.count - offset)
      let wanted = min(count, max(0, FileCursor.headLength - offset))
      if known < wanted { head += bytes[known..<wanted] }
    }
    offset += count
    return .more
  }

  /// Looks at the first bytes, so that from now on a truncation is noticed; returns the number of bytes
  /// that the file had just before.
  func remember() throws -> Int {
    let size = try status().size
    head = try firstBytes(FileCursor.headLength)
    return size
  }

  /// Whether the file still begins with some bytes and is at least so long.
  func holds(_ bytes: [UInt8], size: Int) throws -> Bool {
    guard try status().size >= size else { return false }
    return try firstBytes(bytes.count) == bytes
  }

  /// The first bytes of the file; fewer if it is shorter.
  func firstBytes(_ count: Int) throws -> [UInt8] { try bytes(at: 0, count) }

  /// Bytes at a place; fewer at the end.
  func bytes(at place: Int, _ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let found = try bytes.withUnsafeMutableBytes { try read($0, at: place) }
    return Array(bytes.prefix(found))
  }

  /// Goes to a place, the bytes before which are taken as read; the first of them are `head`.
  func go(to offset: Int, head: [UInt8]) {
    self.head = head
    self.offset = offset
  }

  private func read(_ output: UnsafeMutableRawBufferPointer, at place: Int) throws -> Int {
    // In one call: between two the file could be cut and written anew.
    while true {
      let count = pread(descriptor, output.baseAddress, output.count, off_t(place))
      if count >= 0 { return count }
      if errno != EINTR { throw refusal() }
    }
  }

  private func refusal() -> StreamError {
    .unreadable(path: path, reason: SystemReason.text(errno))
  }
}
