extension String {
  /// The candidate that this was probably meant to be: the fewest edits away, if few enough.
  package func nearest(among candidates: [String]) -> String? {
    let scored = candidates.map { ($0, editDistance(to: $0)) }
    guard let (best, distance) = scored.min(by: { $0.1 < $1.1 }),
      distance <= max(1, count / 3)
    else { return candidates.first { !isEmpty && $0.hasPrefix(self) } }
    return best
  }

  /// The number of inserted, deleted, replaced or swapped neighbouring characters between two texts
  /// (optimal string alignment).
  package func editDistance(to other: String) -> Int {
    let (left, right) = (Array(lowercased()), Array(other.lowercased()))
    var before = [Int]()
    var last = Array(0...right.count)
    for i in left.indices {
      var row = [i + 1]
      for j in right.indices {
        var cost = Swift.min(last[j] + (left[i] == right[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          cost = Swift.min(cost, before[j - 1] + 1)
        }
        row.append(cost)
      }
      (before, last) = (last, row)
    }
    return last[right.count]
  }
}
