import Foundation

/// Bytes that were read and not yet passed, of which whole lines are taken.
struct LineBuffer {
  /// The longest line that can be read, 16 MB: a longer one is hardly a text.
  static let longestLine = 16 << 20

  private var bytes: [UInt8] = []
  private var start = 0

  /// The number of bytes that were not passed.
  var count: Int { bytes.count - start }

  /// Adds bytes behind the others.
  mutating func append(_ more: UnsafeRawBufferPointer) {
    if start > 0, start * 2 >= bytes.count {
      bytes.removeSubrange(..<start)
      start = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The place behind the line end of the line at a place, both counted from the first byte that was
  /// not passed; `nil` for a line that has no end yet.
  func lineEnd(from place: Int) -> Int? {
    bytes.withUnsafeBytes { all in
      let from = start + place
      guard from < all.count, let base = all.baseAddress,
        let found = memchr(base + from, Int32(UInt8(ascii: "\n")), all.count - from)
      else { return nil }
      return UnsafeRawPointer(found) - base + 1 - start
    }
  }

  /// Calls a function with some of the bytes that were not passed.
  func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let place = (start + range.lowerBound)..<(start + range.upperBound)
    return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[place])) }
  }

  /// Passes the first bytes.
  mutating func pass(_ count: Int) {
    start += count
    if start == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      start = 0
    }
  }
}
