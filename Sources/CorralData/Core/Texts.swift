/// Texts of any bytes, one after the other in one array: none is a `String` until it is asked for.
///
/// Ids, titles and categories come from files that may hold any bytes, and two texts are the same
/// only when their bytes are. 8 bytes a text beside its own.
public struct Texts: Sendable, Equatable {
  /// The bytes of all texts, one after the other.
  package private(set) var bytes: [UInt8]
  /// Text `i` is `bytes[offsets[i]..<offsets[i + 1]]`.
  package private(set) var offsets: [Int]

  /// No text.
  package init() {
    bytes = []
    offsets = [0]
  }

  /// The texts of some strings, in their order.
  package init(_ texts: some Sequence<String>) {
    self.init()
    for text in texts {
      bytes.append(contentsOf: text.utf8)
      offsets.append(bytes.count)
    }
  }

  /// Texts that are already laid out: `offsets` starts at 0, never falls, and ends at `bytes.count`.
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

  /// The bytes of a text, for as long as `body` runs.
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
  public var startIndex: Int { 0 }

  /// The number of texts.
  public var endIndex: Int { offsets.count - 1 }

  /// A text: as it is where it is UTF-8, else with `\xE9` for each byte that is part of no character
  /// and `\\` for a backslash.
  public subscript(position: Int) -> String {
    withBytes(at: position, Spelling.text(of:))
  }
}
