import CorralVectors

extension Matrix {
  /// Elements drawn from the standard normal distribution.
  static func random(rows: Int, columns: Int, seed: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    let values = (0..<rows * columns).map { _ in Float(generator.normal()) }
    return Matrix(rows: rows, columns: columns, values: values)
  }
}
