import Foundation
import LibZ

/// Inflates gzip data of one or more members, piece by piece.
struct GzipStream: ~Copyable {
  private let source: ByteSource
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var offset = 0
  /// The range of `input` that is read but not yet inflated.
  private var waiting = 0..<0
  private var isFinished = false

  init(_ source: ByteSource) throws {
    self.source = source
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(byteCount: 1 << 18, alignment: 1)
    // 15 bits of window; the 16 asks for a gzip header.
    let status = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw DataError.unreadable(file: source.path, reason: "zlib does not start (\(status))")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Fills `output`; returns fewer bytes at the end of the data.
  mutating func read(into output: UnsafeMutableRawBufferPointer) throws -> Int {
    var written = 0
    while written < output.count, !isFinished {
      try fill(1)
      let room = min(output.count - written, 1 << 30)
      stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        .advanced(by: waiting.lowerBound)
      stream.pointee.avail_in = UInt32(waiting.count)
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        .advanced(by: written)
      stream.pointee.avail_out = UInt32(room)
      let status = inflate(stream, Z_NO_FLUSH)
      waiting = (waiting.upperBound - Int(stream.pointee.avail_in))..<waiting.upperBound
      written += room - Int(stream.pointee.avail_out)
      switch status {
      case Z_OK: break
      case Z_STREAM_END:
        // Members may follow each other, as after `cat a.gz b.gz`.
        try fill(2)
        if waiting.count > 2, input[waiting.lowerBound] == 0x1F,
          input[waiting.lowerBound + 1] == 0x8B
        {
          inflateReset(stream)
        } else {
          isFinished = true
        }
      case Z_BUF_ERROR where waiting.isEmpty && offset == source.size:
        throw DataError.damagedArchive(
          file: source.path, reason: "the gzip data ends before its end: the file is cut off")
      default:
        throw DataError.damagedArchive(file: source.path, reason: "the gzip data is damaged")
      }
    }
    return written
  }

  /// Reads more input if at most `needed` bytes are left.
  private mutating func fill(_ needed: Int) throws {
    guard waiting.count <= needed, offset < source.size else { return }
    for (to, from) in waiting.enumerated() { input[to] = input[from] }
    let rest = UnsafeMutableRawBufferPointer(rebasing: input[waiting.count...])
    let found = try source.read(into: rest, at: offset)
    offset += found
    waiting = 0..<(waiting.count + found)
  }
}
