import CorralVectors
import Testing

struct MatrixTests {
  @Test func `rows are divided by their lengths, and zeros stay`() {
    var matrix = Matrix(rows: 3, columns: 2, values: [3, 4, 0, 0, -0.1, 0])
    matrix.normalizeRows()
    let expected: [Float] = [0.6, 0.8, 0, 0, -1, 0]
    #expect(zip(matrix.values, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `a column is appended to every row`() {
    let matrix = Matrix(rows: 2, columns: 2, values: [1, 2, 3, 4])
    #expect(
      matrix.appending(column: [9, 8]) == Matrix(rows: 2, columns: 3, values: [1, 2, 9, 3, 4, 8]))
    #expect(Matrix(rows: 2, columns: 0).appending(column: [5, 6]).values == [5, 6])
  }

  @Test func `rows are gathered in the order asked for`() {
    let matrix = Matrix(rows: 3, columns: 2, values: [1, 2, 3, 4, 5, 6])
    #expect(matrix.gathered([2, 0, 2]).values == [5, 6, 1, 2, 5, 6])
    #expect(matrix.gathered([]).rows == 0)
  }
}
