import CorralVectors

/// A place in a file that grows: bytes, lines, and what tells the file from others.
struct FileCursor: LineCursor {
  /// How many first bytes of a file tell it from others.
  static let headLength = 1_024

  private let path: String
  private(set) var inode: UInt64
  private(set) var offset: Int
  private(set) var line: Int
  private var hash: FNVHash
  private var hashed: Int

  /// The beginning of a file.
  init(path: String, inode: UInt64) {
    self.path = path
    self.inode = inode
    (offset, line, hash, hashed) = (0, 0, FNVHash(), 0)
  }

  /// A place in a file that begins with some bytes: at least 1,024, or all before the place.
  init(path: String, inode: UInt64, offset: Int, line: Int, head: [UInt8]) {
    self.path = path
    self.inode = inode
    self.offset = offset
    self.line = line
    hashed = min(Self.headLength, offset)
    hash = FNVHash(head.prefix(hashed))
  }

  /// The same place in a copy of the file.
  func moved(to inode: UInt64) -> FileCursor {
    var copy = self
    copy.inode = inode
    return copy
  }

  var position: StreamPosition {
    .file(
      FilePlace(
        path: path, inode: inode, headLength: hashed, head: String(hash.value, radix: 16),
        offset: offset, line: line))
  }

  var words: String { "line \(line + 1) (byte \(offset))" }

  mutating func pass(_ line: UnsafeRawBufferPointer, isHeader: Bool) {
    for byte in line.prefix(Self.headLength - hashed) { hash.combine(UInt64(byte)) }
    hashed = min(Self.headLength, hashed + line.count)
    offset += line.count
    self.line += 1
  }
}
