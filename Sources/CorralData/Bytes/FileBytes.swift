import Foundation

/// Reads the text of a file in blocks of whole records, and inflates gzip.
///
/// The first two bytes tell whether a file is compressed, not its name. A byte order mark at the
/// start is skipped.
struct FileBytes {
  /// A block of whole records, with the ranges of its quoted fields that span lines.
  struct Block {
    var bytes: UnsafeRawBufferPointer
    var spans: [Range<Int>]
  }

  /// The longest record that can be read: 16 MB.
  static let longestRecord = 16 << 20

  let path: String
  /// Whether the file is compressed with gzip.
  let isCompressed: Bool
  private let source: ByteSource

  /// Opens a file.
  ///
  /// Throws `DataError` if it cannot be read, and for a file that is not text, with what it is and
  /// what to do.
  init(path: String) throws {
    self.path = path
    source = try ByteSource(path: path)
    var start = [UInt8](repeating: 0, count: 1 << 12)
    let count = try start.withUnsafeMutableBytes { [source] in try source.read(into: $0, at: 0) }
    isCompressed = count > 2 && start[0] == 0x1F && start[1] == 0x8B
    let text = isCompressed ? try rawHead(1 << 12) : Array(start[..<count])
    if let kind = OtherKind(of: text, in: path, isCompressed: isCompressed) {
      throw DataError.unreadable(file: path, reason: kind.advice)
    }
  }

  /// The size of the file on disk.
  var size: Int { source.size }

  /// Returns the first bytes of the text, which formats are recognised by.
  func head(_ count: Int = 1 << 18) throws -> [UInt8] {
    let bytes = try rawHead(count + Self.mark.count)
    return Array(bytes.starts(with: Self.mark) ? bytes.dropFirst(Self.mark.count) : bytes[...])
  }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private func rawHead(_ count: Int) throws -> [UInt8] {
    var stream = try ByteStream(source, isCompressed: isCompressed)
    var head = [UInt8](repeating: 0, count: count)
    let found = try head.withUnsafeMutableBytes { try stream.read(into: $0) }
    return Array(head.prefix(found))
  }

  /// Calls `body` with blocks that end with a record, or with the file.
  ///
  /// Uses the memory of one block. Throws `DataError.unreadable` for a record that is longer than
  /// `longestRecord`.
  func withBlocks(
    of blockSize: Int = 64 << 20, endingBy records: RecordEnds, _ body: (Block) throws -> Void
  ) throws {
    var stream = try ByteStream(source, isCompressed: isCompressed)
    // One byte more than a plain file has, so that its end is noticed at once.
    let capacity = max(2 * Self.mark.count, isCompressed ? blockSize : min(blockSize, size + 1))
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    defer { block.deallocate() }
    var kept = 0
    var isFirst = true
    var done = 0
    while true {
      let found = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: block[kept...]))
      let filled = kept + found
      let isLast = filled < capacity
      var start = 0
      if isFirst, block.prefix(filled).starts(with: Self.mark) { start = Self.mark.count }
      isFirst = false
      let text = UnsafeRawBufferPointer(rebasing: block[start..<filled])
      let (end, spans) = records.end(of: text, isLast: isLast)
      if end > 0 {
        try body(Block(bytes: UnsafeRawBufferPointer(rebasing: text[..<end]), spans: spans))
      }
      if isLast { return }
      // The part of a record that the block cuts off moves to the front.
      kept = text.count - end
      done += start + end
      if kept > min(Self.longestRecord, capacity - 1) { throw try tooLong(after: done) }
      block.baseAddress.map { $0.copyMemory(from: $0 + (filled - kept), byteCount: kept) }
    }
  }

  /// Returns the error for a record that is too long, and counts the lines before it.
  private func tooLong(after count: Int) throws -> DataError {
    var stream = try ByteStream(source, isCompressed: isCompressed)
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    var line = 1
    var left = count
    while left > 0 {
      let wanted = min(left, piece.count)
      let found = try piece.withUnsafeMutableBytes {
        try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
      }
      if found == 0 { break }
      line += piece[..<found].count { $0 == Byte.newline }
      left -= found
    }
    return .unreadable(
      file: path,
      reason: "line \(line) is longer than \(Self.longestRecord >> 20) MB, which is more than a row"
        + " can have: this is not a table, or its line ends are lost")
  }
}

/// The text of a file, read from its start.
private enum ByteStream: ~Copyable {
  case plain(ByteSource, at: Int)
  case gzip(GzipStream)

  init(_ source: ByteSource, isCompressed: Bool) throws {
    self = isCompressed ? .gzip(try GzipStream(source)) : .plain(source, at: 0)
  }

  /// Fills `output`; returns fewer bytes at the end of the text.
  mutating func read(into output: UnsafeMutableRawBufferPointer) throws -> Int {
    switch consume self {
    case .plain(let source, let at):
      self = .plain(source, at: at)
      let found = try source.read(into: output, at: at)
      self = .plain(source, at: at + found)
      return found
    case .gzip(var stream):
      do {
        let found = try stream.read(into: output)
        self = .gzip(stream)
        return found
      } catch {
        self = .gzip(stream)
        throw error
      }
    }
  }
}
