/// The raw identifiers of users or items, each at a position: the only place where they are text.
public struct Vocabulary: Sendable, Equatable {
  /// The identifiers, in order of position.
  public let ids: [String]
  private let positions: [String: Int32]

  /// A vocabulary of distinct identifiers, each at the position it has in the array.
  public init(_ ids: [String]) {
    self.ids = ids
    positions = Dictionary(
      uniqueKeysWithValues: ids.enumerated().map { ($0.element, Int32($0.offset)) })
  }

  /// The number of identifiers.
  public var count: Int { ids.count }

  /// The position of an identifier, or `nil` when it is unknown.
  public func position(of id: String) -> Int? {
    positions[id].map(Int.init)
  }

  /// The identifier at a position.
  public subscript(position: Int) -> String { ids[position] }
}
