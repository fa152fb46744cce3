/// The raw identifiers of users or items, each at a position: the only place where they are text.
///
/// Identifiers that were read from a log are in the order in which the log first names them.
public struct Vocabulary: Sendable, Equatable {
  /// The identifiers by their bytes: about 30 bytes an identifier beside its own.
  let table: TokenTable

  /// A vocabulary of distinct identifiers, each at the position it has in the array.
  public init(_ ids: [String]) {
    var table = TokenTable(minimumCapacity: ids.count)
    for id in ids {
      let count = table.count
      _ = withField(of: id) { table.intern($0) }
      if table.count == count { fatalError("Vocabulary: '\(id)' is in the identifiers twice") }
    }
    self.table = table
  }

  init(table: TokenTable) { self.table = table }

  /// The number of identifiers.
  public var count: Int { table.count }

  /// Every identifier in order of position, copied: to look one up use the subscript.
  public var ids: [String] { (0..<count).map { table[$0] } }

  /// The position of an identifier, or `nil` when it is unknown.
  public func position(of id: String) -> Int? {
    withField(of: id) { table.position(of: $0) }.map(Int.init)
  }

  /// The identifier at a position.
  public subscript(position: Int) -> String { table[position] }

  /// The identifiers at the given positions, in that order.
  func gathered(_ positions: [Int32]) -> Vocabulary {
    Vocabulary(table: table.gathered(positions))
  }
}

/// The bytes of a text as a field, for as long as `body` runs.
func withField<Result>(of text: String, _ body: (Field) throws -> Result) rethrows -> Result {
  var text = text
  return try text.withUTF8 { bytes in
    try withUnsafePointer(to: UInt8(0)) { nothing in
      try body(Field(start: bytes.baseAddress ?? nothing, count: bytes.count))
    }
  }
}
