/// The ids of users or items, or the categories of a column, each at a position.
///
/// Ids are bytes, and two ids are the same only when their bytes are: an accent that is composed in
/// one and decomposed in the other makes two. Ids that were read from a log are in the order in which
/// the log first names them.
public struct Vocabulary: Sendable, Equatable {
  /// Two positions of texts whose bytes are the same.
  package struct Repetition: Error, Equatable {
    package let first: Int
    package let second: Int
  }

  /// The ids by their bytes: about 30 bytes an id beside its own.
  let table: TokenTable

  /// A vocabulary of ids that differ in their bytes, each at the position it has in the array.
  package init(_ ids: [String]) {
    do throws(Repetition) {
      table = try TokenTable(Texts(ids))
    } catch {
      fatalError("Vocabulary: '\(ids[error.first])' is in the ids twice")
    }
  }

  /// A vocabulary of texts in their order; about 50 ns an id.
  ///
  /// Throws the first text that is there twice.
  package init(_ texts: Texts) throws(Repetition) { table = try TokenTable(texts) }

  init(table: TokenTable) { self.table = table }

  /// The number of ids.
  public var count: Int { table.count }

  /// Every id in order of position, copied: to look one up use the subscript.
  public var ids: [String] { Array(table.texts) }

  /// Every id in order of position, as bytes.
  package var texts: Texts { table.texts }

  /// The position of an id, or `nil` when it is unknown.
  ///
  /// The text is taken as it stands first. Where there is no such id, the escapes `\\`, `\n`, `\r`,
  /// `\t` and `\xE9` stand for the byte that they name, so that every id can be written as a text.
  public func position(of id: String) -> Int? {
    if let position = withField(of: id, table.position(of:)) { return Int(position) }
    return Spelling.bytes(of: id).flatMap(position(of:))
  }

  /// The position of the id with these bytes, or `nil` when it is unknown.
  package func position(of bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBufferPointer { table.position(of: Field($0)) }.map(Int.init)
  }

  /// The id at a position, as a text that `position(of:)` takes back.
  ///
  /// It is the id itself where that is UTF-8, and else has `\xE9` for each byte that is part of no
  /// character.
  public subscript(position: Int) -> String { table.texts[position] }

  /// The ids at the given positions, in that order.
  func gathered(_ positions: [Int32]) -> Vocabulary {
    Vocabulary(table: table.gathered(positions))
  }
}

/// The bytes of a text as a field, for as long as `body` runs.
func withField<Result>(of text: String, _ body: (Field) throws -> Result) rethrows -> Result {
  var text = text
  return try text.withUTF8 { try body(Field($0)) }
}

extension Field {
  /// A field of a buffer that outlives it.
  @inline(__always)
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    // An empty buffer has no address, and a field of no bytes is never read.
    self.init(start: bytes.baseAddress ?? Field.nothing, count: bytes.count)
  }

  /// An address for fields without bytes.
  nonisolated(unsafe) private static let nothing: UnsafePointer<UInt8> = {
    let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    byte.initialize(to: 0)
    return UnsafePointer(byte)
  }()
}
