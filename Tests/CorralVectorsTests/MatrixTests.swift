import CorralVectors
import Testing

struct MatrixTests {
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
