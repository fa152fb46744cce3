import CKernels
import CorralVectors

/// Vectors whose rows are padded with zeros to a multiple of 16, as the kernels need them.
struct FactorMatrix: Sendable, Equatable {
  let rows: Int
  /// The number of elements of a row without padding.
  let dimension: Int
  /// The number of elements of a row with padding.
  let width: Int
  var values: [Float]

  /// Rows of zeros.
  init(rows: Int, dimension: Int) {
    self.rows = rows
    self.dimension = dimension
    width = (dimension + 15) / 16 * 16
    values = [Float](repeating: 0, count: rows * width)
  }

  /// Rows copied from a matrix.
  init(_ matrix: Matrix) {
    self.init(rows: matrix.rows, dimension: matrix.columns)
    for row in 0..<rows {
      values.replaceSubrange(row * width..<row * width + dimension, with: matrix[row])
    }
  }

  /// Draws rows from a normal distribution, so that their norm is about `norm`.
  init(rows: Int, dimension: Int, norm: Double, using rng: inout SeededGenerator) {
    self.init(rows: rows, dimension: dimension)
    let deviation = norm / Double(dimension).squareRoot()
    for row in 0..<rows {
      for column in 0..<dimension { values[row * width + column] = Float(rng.normal() * deviation) }
    }
  }

  /// Sets the rows without interactions to zero.
  mutating func clear(rowsWithout hasInteractions: [Bool]) {
    for row in 0..<rows where !hasInteractions[row] {
      values.withUnsafeMutableBufferPointer {
        UnsafeMutableBufferPointer(rebasing: $0[row * width..<(row + 1) * width])
          .update(repeating: 0)
      }
    }
  }

  /// The rows without their padding.
  var matrix: Matrix {
    guard width > dimension else { return Matrix(rows: rows, columns: dimension, values: values) }
    var packed: [Float] = []
    packed.reserveCapacity(rows * dimension)
    for row in 0..<rows { packed += values[row * width..<row * width + dimension] }
    return Matrix(rows: rows, columns: dimension, values: packed)
  }

  /// Returns `scale` times the sum of h h^T over all rows h, `[width, width]`, with both triangles
  /// filled.
  ///
  /// The result does not depend on the number of threads.
  func gramian(scale: Float = 1) -> [Float] {
    let parts = Parallel.map(rows, grain: 4096) { chunk in
      var part = [Float](repeating: 0, count: width * width)
      values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        ck_als_gramian(
          ck_active_level(), base, Int64(width), Int64(chunk.lowerBound),
          Int64(chunk.upperBound), &part)
      }
      return part
    }
    var total = [Float](repeating: 0, count: width * width)
    for part in parts {
      for position in total.indices { total[position] += part[position] }
    }
    for row in 0..<width {
      for column in row..<width {
        total[row * width + column] *= scale
        total[column * width + row] = total[row * width + column]
      }
    }
    return total
  }
}
