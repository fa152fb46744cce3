/// The position of an item in its data set's vocabulary, `0..<items`.
public struct ItemIndex: Hashable, Comparable, Sendable, BitwiseCopyable, Codable {
  /// The position as it is stored.
  public let rawValue: Int32

  /// Creates the index of the item at a position.
  @inlinable public init(_ position: Int) { rawValue = Int32(position) }

  /// The position, to index arrays with.
  @inlinable public var position: Int { Int(rawValue) }

  /// Items are ordered by their positions.
  @inlinable public static func < (left: ItemIndex, right: ItemIndex) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// The position of a user in their data set's vocabulary, `0..<users`.
public struct UserIndex: Hashable, Comparable, Sendable, BitwiseCopyable, Codable {
  /// The position as it is stored.
  public let rawValue: Int32

  /// Creates the index of the user at a position.
  @inlinable public init(_ position: Int) { rawValue = Int32(position) }

  /// The position, to index arrays with.
  @inlinable public var position: Int { Int(rawValue) }

  /// Users are ordered by their positions.
  @inlinable public static func < (left: UserIndex, right: UserIndex) -> Bool {
    left.rawValue < right.rawValue
  }
}
