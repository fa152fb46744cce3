import CorralData
import CorralVectors

/// Item vectors by their directions: what is like what.
struct ItemSpace {
  private let vectors: Matrix
  /// The items whose vectors say something of them.
  private let placed: PlacedItems

  /// The space of some vectors, `[items, dimension]`.
  init(_ vectors: Matrix, placed: PlacedItems) {
    self.vectors = vectors
    self.placed = placed
  }

  /// Whether the item has a direction that training gave it: a vector of zeros has none.
  func knows(_ item: ItemIndex) -> Bool {
    placed.contains(item) && vectors[item.position].contains { $0 != 0 }
  }

  /// The cosine between the vectors of two items, 0 where one has no direction: `O(dimension)`.
  func similarity(_ left: ItemIndex, _ right: ItemIndex) -> Float {
    let (left, right) = (vectors[left.position], vectors[right.position])
    let (product, leftSquare, rightSquare) = zip(left, right).reduce(into: (0, 0, 0) as Sums) {
      $0.0 += $1.0 * $1.1
      $0.1 += $1.0 * $1.0
      $0.2 += $1.1 * $1.1
    }
    let norms = leftSquare.squareRoot() * rightSquare.squareRoot()
    return norms > 0 ? product / norms : 0
  }

  private typealias Sums = (Float, Float, Float)

  /// The items nearest to one by cosine, itself and items without a direction left out.
  ///
  /// Equal ones are in the order of the catalogue. Looks at every item.
  func nearest(to item: ItemIndex, count: Int) -> [ScoredIndex] {
    var best = TopK(count)
    for other in (0..<vectors.rows).lazy.map(ItemIndex.init) where other != item && knows(other) {
      best.insert(other.position, score: similarity(item, other))
    }
    return best.sorted()
  }
}
