/// The number by which a store knows a user.
///
/// It is given when the user is first met, never changes, and no other user ever gets it, also not
/// after the user was forgotten. Numbers begin at 1 and are handed out in order, so that an array can
/// hold what belongs to them.
package struct UserKey: Hashable, Comparable, Sendable, BitwiseCopyable {
  package let number: Int32

  /// The key with a number that a store gave.
  package init(_ number: Int32) { self.number = number }

  package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// The number by which a store knows an item; what holds for `UserKey` holds for it.
package struct ItemKey: Hashable, Comparable, Sendable, BitwiseCopyable {
  package let number: Int32

  /// The key with a number that a store gave.
  package init(_ number: Int32) { self.number = number }

  package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
