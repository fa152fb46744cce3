/// Texts of any bytes, stored one after the other in one array; a `String` is made only on access.
///
/// Ids, titles and categories come from files that can hold any bytes, and two texts are equal only
/// if their bytes are. A text costs 8 bytes in addition to its own.
package struct Texts: Sendable, Equatable {
  /// The bytes of all texts, one after the other.
  package private(set) var bytes: [UInt8]
  /// Text `i` is `bytes[offsets[i]..<offsets[i + 1]]`.
  package private(set) var offsets: [Int]

  /// Creates an empty collection.
  package init() {
    bytes = []
    offsets = [0]
  }

  /// Copies strings, in their order.
  package init(_ texts: some Sequence<String>) {
    self.init()
    for text in texts {
      bytes.append(contentsOf: text.utf8)
      offsets.append(bytes.count)
    }
  }

  /// Creates texts that are already laid out: `offsets` starts at 0, never falls, and ends at
  /// `bytes.count`.
  package init(bytes: [UInt8], offsets: [Int]) {
    precondition(
      offsets.first == 0 && offsets.last == bytes.count,
      "offsets run from 0 to the number of bytes, \(bytes.count)")
    self.bytes = bytes
    self.offsets = offsets
  }

  /// Adds a text at the end.
  @inline(__always)
  package mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: text)
    offsets.append(bytes.count)
  }

  /// Calls `body` with the bytes of a text.
  @inline(__always)
  package func withBytes<Result>(
    at position: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    let (start, end) = (offsets[position], offsets[position + 1])
    return try bytes.withUnsafeBufferPointer { try body(.init(rebasing: $0[start..<end])) }
  }
}

extension Texts: RandomAccessCollection {
  /// The position of the first text.
  package var startIndex: Int { 0 }

  /// The number of texts.
  package var endIndex: Int { offsets.count - 1 }

  /// Returns a text as it is if it is UTF-8.
  ///
  /// Else each byte that is not part of a character is `\xE9` and a backslash is `\\`.
  package subscript(position: Int) -> String {
    withBytes(at: position, Spelling.text(of:))
  }
}
