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
  public init(rows: Int, columns: Int, repeating value: Float = 0) {
    self.init(
      rows: rows, columns: columns, values: [Float](repeating: value, count: rows * columns))
  }

  /// One row, without a copy.
  public subscript(row: Int) -> ArraySlice<Float> {
    values[row * columns..<(row + 1) * columns]
  }

  /// One element.
  public subscript(row: Int, column: Int) -> Float {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// The rows at the given positions, copied in that order.
  public func gathered(_ positions: some Sequence<Int>) -> Matrix {
    var gathered: [Float] = []
    var count = 0
    for position in positions {
      gathered += self[position]
      count += 1
    }
    return Matrix(rows: count, columns: columns, values: gathered)
  }
}
