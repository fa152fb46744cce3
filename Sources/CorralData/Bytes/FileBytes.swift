import Foundation
import LibZ

/// Reads a file in blocks of whole lines: plain files mapped at once, gzip inflated piece by piece.
///
/// Compression is told by the first two bytes, not by the name.
struct FileBytes {
  let path: String
  private let mapped: Data

  init(path: String) throws {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DataError.missingFile(path)
    }
    guard !isFolder.boolValue else {
      throw DataError.unreadable(file: path, reason: "this is a folder where a file is needed")
    }
    do {
      mapped = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    } catch {
      throw DataError.unreadable(
        file: path, reason: "the file cannot be read: \(error.localizedDescription)")
    }
  }

  /// The bytes on disk.
  var size: Int { mapped.count }

  var isCompressed: Bool { mapped.count > 2 && mapped[0] == 0x1F && mapped[1] == 0x8B }

  /// The first bytes of the text, to recognise formats by.
  func head(_ count: Int = 1 << 16) throws -> [UInt8] {
    guard isCompressed else { return Array(mapped.prefix(count)) }
    return try mapped.withUnsafeBytes { input in
      var stream = try GzipStream(input, path: path)
      var head = [UInt8](repeating: 0, count: count)
      let written = try head.withUnsafeMutableBytes { try stream.read(into: $0) }
      return Array(head.prefix(written))
    }
  }

  /// Calls `body` with blocks that end at the end of a line, or of the file.
  func withBlocks(
    of blockSize: Int = 64 << 20, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard isCompressed else { return try mapped.withUnsafeBytes { try body($0) } }
    try mapped.withUnsafeBytes { input in
      var stream = try GzipStream(input, path: path)
      var block = [UInt8](repeating: 0, count: blockSize)
      var kept = 0
      while true {
        let written = try block.withUnsafeMutableBytes { bytes in
          try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[kept...]))
        }
        let filled = kept + written
        let isLast = filled < block.count
        let end =
          isLast ? filled : block[..<filled].lastIndex(of: Byte.newline).map { $0 + 1 } ?? 0
        try block.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
        if isLast { return }
        // The start of a line that the block cuts moves to the front; one that fills the whole
        // block needs a larger one.
        kept = filled - end
        block.replaceSubrange(0..<kept, with: Array(block[end..<filled]))
        if end == 0 { block += [UInt8](repeating: 0, count: block.count) }
      }
    }
  }
}

/// Inflates gzip data, of one or several members.
private struct GzipStream: ~Copyable {
  private let input: UnsafeRawBufferPointer
  private let path: String
  private let stream: UnsafeMutablePointer<z_stream>
  private var consumed = 0
  private var isFinished = false

  init(_ input: UnsafeRawBufferPointer, path: String) throws {
    self.input = input
    self.path = path
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for the header of gzip.
    let status = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw DataError.unreadable(file: path, reason: "zlib does not start (\(status))")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Fills as much of `output` as there is data for; fewer bytes mean the end.
  mutating func read(into output: UnsafeMutableRawBufferPointer) throws -> Int {
    var written = 0
    while written < output.count, !isFinished {
      let available = min(input.count - consumed, 1 << 30)
      let room = min(output.count - written, 1 << 30)
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      ).map { $0 + consumed }
      stream.pointee.avail_in = UInt32(available)
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        .advanced(by: written)
      stream.pointee.avail_out = UInt32(room)
      let status = inflate(stream, Z_NO_FLUSH)
      consumed += available - Int(stream.pointee.avail_in)
      written += room - Int(stream.pointee.avail_out)
      switch status {
      case Z_OK: break
      case Z_STREAM_END:
        // Members may follow each other, as `cat a.gz b.gz` leaves them.
        if consumed + 2 < input.count, input[consumed] == 0x1F, input[consumed + 1] == 0x8B {
          inflateReset(stream)
        } else {
          isFinished = true
        }
      case Z_BUF_ERROR where consumed == input.count:
        throw DataError.damagedArchive(
          file: path, reason: "the gzip data ends before its end: the file is cut off")
      default:
        throw DataError.damagedArchive(file: path, reason: "the gzip data is damaged")
      }
    }
    return written
  }
}
