/// A text whose identity is its bytes: two texts that look the same and have other bytes differ.
///
/// Swift's `String` takes a composed accent and a decomposed one for the same, which names in data
/// need not be. The order is that of the bytes.
package struct ExactText: Hashable, Comparable, Sendable {
  /// The text.
  package let text: String

  /// A text to compare or to look up.
  package init(_ text: String) { self.text = text }

  /// Whether the bytes are the same.
  package static func == (left: Self, right: Self) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Whether the bytes of one come before those of the other.
  package static func < (left: Self, right: Self) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  /// Hashes the bytes.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(text.utf8.count)
    for byte in text.utf8 { hasher.combine(byte) }
  }
}

/// The first name that is there twice, or `nil`.
package func repeatedName(_ names: [String]) -> String? {
  var seen: Set<ExactText> = []
  return names.first { !seen.insert(ExactText($0)).inserted }
}

extension Sequence<String> {
  /// Whether a text of the same bytes is among these.
  package func containsExactly(_ text: String) -> Bool {
    contains { ExactText($0) == ExactText(text) }
  }
}
