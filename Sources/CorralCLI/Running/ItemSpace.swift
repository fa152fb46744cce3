import CorralData
import CorralVectors

/// Item vectors scaled to length 1, for what is like what.
struct ItemSpace {
  private let vectors: Matrix

  /// The directions of the vectors; one of zeros stays as it is.
  init(_ matrix: Matrix) {
    var vectors = matrix
    for row in 0..<matrix.rows {
      let norm = matrix[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0 else { continue }
      for position in row * matrix.columns..<(row + 1) * matrix.columns {
        vectors.values[position] /= norm
      }
    }
    self.vectors = vectors
  }

  /// The cosine between the vectors of two items.
  func similarity(_ left: ItemIndex, _ right: ItemIndex) -> Float {
    zip(vectors[left.position], vectors[right.position]).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
