/// The ids of users or items, or the categories of a column, each at a position.
///
/// Two ids are equal only if their bytes are: a composed and a decomposed accent make two ids. Ids
/// read from a log are in the order of their first occurrence.
public struct Vocabulary: Sendable, Equatable {
  /// The positions of two texts with the same bytes.
  package struct Repetition: Error, Equatable {
    package let first: Int
    package let second: Int
  }

  /// The ids by their bytes: about 30 bytes per id in addition to its own.
  private(set) var table: TokenTable

  /// Creates a vocabulary of distinct ids, each at its position in the array.
  package init(_ ids: [String]) {
    do throws(Repetition) {
      table = try TokenTable(Texts(ids))
    } catch {
      fatalError("Vocabulary: '\(ids[error.first])' is in the ids twice")
    }
  }

  /// Creates a vocabulary of texts in their order; about 50 ns per id.
  ///
  /// Throws the first text that occurs twice.
  package init(_ texts: Texts) throws(Repetition) { table = try TokenTable(texts) }

  init(table: TokenTable) { self.table = table }

  /// The number of ids.
  public var count: Int { table.count }

  /// All ids in order of position, copied.
  ///
  /// To look up one id use the subscript.
  public var ids: [String] { Array(table.texts) }

  /// All ids in order of position, as bytes.
  package var texts: Texts { table.texts }

  /// Returns the position of an id, or `nil` if it is unknown.
  ///
  /// The text itself is looked up first. If it is unknown, the escapes `\\`, `\n`, `\r`, `\t` and
  /// `\xE9` stand for bytes, so that every id can be written as a text.
  public func position(of id: String) -> Int? {
    if let position = withField(of: id, table.position(of:)) { return Int(position) }
    return Spelling.bytes(of: id).flatMap(position(of:))
  }

  /// Returns the position of the id with the bytes of a text, or `nil` if it is unknown.
  ///
  /// Escapes stand for themselves.
  package func exactPosition(of id: String) -> Int? {
    withField(of: id, table.position(of:)).map(Int.init)
  }

  /// Returns the position of the id with the bytes of a text; a new id is added at the end.
  package mutating func intern(_ id: String) -> Int {
    Int(withField(of: id) { table.intern($0) })
  }

  /// Returns the position of the id with these bytes, or `nil` if it is unknown.
  package func position(of bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBufferPointer { table.position(of: Field($0)) }.map(Int.init)
  }

  /// Returns the id at a position, as a text that `position(of:)` accepts.
  ///
  /// In an id that is not UTF-8, `\xE9` stands for each byte that is not part of a character.
  public subscript(position: Int) -> String { table.texts[position] }

  /// Returns a vocabulary of the ids at the given positions, in that order.
  func gathered(_ positions: [Int32]) -> Vocabulary {
    Vocabulary(table: table.gathered(positions))
  }
}
