extension SeededGenerator {
  /// The numbers `0..<count` in a random order, each order as likely as any other.
  ///
  /// The order depends on the generator's state alone (Fisher and Yates), not on the standard
  /// library's version.
  public mutating func permutation(_ count: Int) -> [Int] {
    var numbers = Array(0..<count)
    shuffle(&numbers)
    return numbers
  }

  /// Puts elements in a random order, each order as likely as any other.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, next(below: last + 1))
    }
  }
}
