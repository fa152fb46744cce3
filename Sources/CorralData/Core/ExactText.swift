/// A text that is compared by its bytes: texts that look the same and differ in bytes are
/// different.
///
/// Swift's `String` regards a composed and a decomposed accent as equal, but in data they can be
/// two names.
package struct ExactText: Hashable, Comparable, Sendable {
  /// The text.
  package let text: String

  /// Wraps a text.
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

/// Returns the first name that occurs twice, or `nil`.
package func repeatedName(_ names: [String]) -> String? {
  var seen: Set<ExactText> = []
  return names.first { !seen.insert(ExactText($0)).inserted }
}

extension Sequence<String> {
  /// Whether a text with the same bytes is in the sequence.
  package func containsExactly(_ text: String) -> Bool {
    contains { ExactText($0) == ExactText(text) }
  }
}
