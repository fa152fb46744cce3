package import CorralData
package import CorralVectors

/// Item vectors by their directions: what is like what.
package struct ItemSimilarity: Sendable {
  private let vectors: Matrix
  /// One over each vector's length; 0 for an item whose vector says nothing about it.
  private let scales: [Float]

  /// The directions of some vectors, `[items, dimension]`.
  ///
  /// Items that the model cannot place have none, nor has a vector of zeros. Takes one pass.
  package init(_ vectors: Matrix, placed: PlacedItems) {
    self.vectors = vectors
    let parts = Parallel.map(vectors.rows, grain: 1 << 14) { rows in
      rows.map { row -> Float in
        guard placed.contains(ItemIndex(row)) else { return 0 }
        let square = vectors[row].reduce(Float(0)) { $0 + $1 * $1 }
        return square > 0 && square.isFinite ? 1 / square.squareRoot() : 0
      }
    }
    scales = parts.flatMap(\.self)
  }

  /// Whether the item has a direction that training gave it.
  package func knows(_ item: ItemIndex) -> Bool { scales[item.position] > 0 }

  /// The cosine between the vectors of two items, 0 if one has no direction: `O(dimension)`.
  package func between(_ left: ItemIndex, _ right: ItemIndex) -> Float {
    zip(vectors[left.position], vectors[right.position]).reduce(0) { $0 + $1.0 * $1.1 }
      * scales[left.position] * scales[right.position]
  }

  /// The items nearest to one by cosine, without itself and without items that have no direction.
  ///
  /// Equal ones are in the order of the catalogue. Looks at every item.
  package func nearest(
    to item: ItemIndex, count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [ScoredIndex] {
    var best = TopK(count)
    let own = Array(vectors[item.position])
    let block = 4096
    withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { products in
      for start in stride(from: 0, to: vectors.rows, by: block) {
        let rows = start..<min(start + block, vectors.rows)
        own.withUnsafeBufferPointer {
          vectors.innerProducts(of: rows, with: $0, into: products)
        }
        for row in rows where scales[row] > 0 && row != item.position {
          if isAllowed(ItemIndex(row)) {
            best.insert(row, score: products[row - start] * scales[row] * scales[item.position])
          }
        }
      }
    }
    return best.sorted()
  }

  /// The memory that the lengths take beside the vectors, in bytes.
  package var byteCount: Int { scales.count * MemoryLayout<Float>.size }
}
