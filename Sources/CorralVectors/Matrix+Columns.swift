extension Matrix {
  /// The matrix with one more column after the others.
  ///
  /// An inner product with a query that has a 1 there adds the column's element to the score. So a
  /// prior is served from an ordinary index: items with `log p` appended, and queries with 1.
  public func appending(column: [Float]) -> Matrix {
    precondition(
      column.count == rows, "\(rows) rows need as many new elements, not \(column.count)")
    var wider: [Float] = []
    wider.reserveCapacity(rows * (columns + 1))
    for row in 0..<rows {
      wider += self[row]
      wider.append(column[row])
    }
    return Matrix(rows: rows, columns: columns + 1, values: wider)
  }

  /// Divides every row by its length, so that inner products are cosines; rows of zeros stay.
  public mutating func normalizeRows() {
    Parallel.forEachRows(of: &values, width: columns, grain: max(1, (1 << 18) / max(1, columns))) {
      [columns] rows, elements in
      for row in 0..<rows.count {
        let part = elements[row * columns..<(row + 1) * columns]
        var square = 0.0
        for element in part { square += Double(element) * Double(element) }
        guard square > 0 else { continue }
        let factor = Float(1 / square.squareRoot())
        for position in part.indices { elements[position] *= factor }
      }
    }
  }
}

extension Matrix {
  /// Some neighbouring columns of every row, copied.
  package func columns(_ range: Range<Int>) -> Matrix {
    var part: [Float] = []
    part.reserveCapacity(rows * range.count)
    for row in 0..<rows {
      part += values[row * columns + range.lowerBound..<row * columns + range.upperBound]
    }
    return Matrix(rows: rows, columns: range.count, values: part)
  }
}
