import CKernels

/// A dense matrix of 32-bit floats, row after row.
public struct Matrix: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns, the dimension of every row.
  public let columns: Int
  /// The elements, row after row: `rows * columns` of them.
  public var values: [Float]

  /// A matrix over elements that are already in row order.
  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(
      values.count == rows * columns,
      "a [\(rows), \(columns)] matrix needs \(rows * columns) elements, not \(values.count)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// A matrix whose elements are all the same.
  package init(rows: Int, columns: Int, repeating value: Float = 0) {
    self.init(
      rows: rows, columns: columns, values: [Float](repeating: value, count: rows * columns))
  }

  /// One row, without a copy.
  public subscript(row: Int) -> ArraySlice<Float> {
    values[row * columns..<(row + 1) * columns]
  }

  /// One element.
  package subscript(row: Int, column: Int) -> Float {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// The rows at the given positions, copied in that order.
  package func gathered(_ positions: some Sequence<Int>) -> Matrix {
    var gathered: [Float] = []
    var count = 0
    for position in positions {
      gathered += self[position]
      count += 1
    }
    return Matrix(rows: count, columns: columns, values: gathered)
  }
}

extension Matrix {
  /// The matrix with one more column after the others.
  ///
  /// An inner product with a query that has a 1 there adds the column's element to the score. So a
  /// prior is served from an ordinary index: items with `log p` appended, and queries with 1.
  package func appending(column: [Float]) -> Matrix {
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
}

extension Matrix {
  /// A range of columns of every row, copied.
  package func columns(_ range: Range<Int>) -> Matrix {
    var part: [Float] = []
    part.reserveCapacity(rows * range.count)
    for row in 0..<rows {
      part += values[row * columns + range.lowerBound..<row * columns + range.upperBound]
    }
    return Matrix(rows: rows, columns: range.count, values: part)
  }
}

extension Matrix {
  /// The inner products of a range of rows with a query.
  ///
  /// A row's product has the same bits whatever other rows are in the range.
  package func innerProducts(
    of rows: Range<Int>, with query: UnsafeBufferPointer<Float>,
    into products: UnsafeMutableBufferPointer<Float>
  ) {
    guard query.count == columns, products.count >= rows.count, rows.upperBound <= self.rows else {
      fatalError(
        "inner products: a query of \(query.count) elements with rows \(rows) of "
          + "[\(self.rows), \(columns)], and room for \(products.count)")
    }
    values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress, let query = query.baseAddress,
        let found = products.baseAddress
      else {
        products.update(repeating: 0)
        return
      }
      withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: rows.count) {
        pointers in
        guard let first = pointers.baseAddress else { return }
        for (position, row) in rows.enumerated() {
          (first + position).initialize(to: start + row * columns)
        }
        ck_negative_dots(ck_active_level())(
          query, first, Int64(rows.count), Int64(columns), found)
        for position in 0..<rows.count { found[position] = -found[position] }
      }
    }
  }
}
