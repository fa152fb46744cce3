extension RandomAccessCollection {
  /// The first position whose element has a property, or `endIndex` if none has it.
  ///
  /// A binary search: elements without the property must all stand before those that have it.
  @inlinable
  package func partitioningIndex(where hasProperty: (Element) -> Bool) -> Index {
    var low = startIndex
    var count = self.count
    while count > 0 {
      let half = count / 2
      let middle = index(low, offsetBy: half)
      if hasProperty(self[middle]) {
        count = half
      } else {
        low = index(after: middle)
        count -= half + 1
      }
    }
    return low
  }
}

extension Duration {
  /// The duration in seconds.
  package var inSeconds: Double { self / .seconds(1) }
}
