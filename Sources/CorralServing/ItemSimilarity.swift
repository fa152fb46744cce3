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
        return vectors[row].directionScale
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

  /// The cosine between a vector and the vector of an item, 0 if one has no direction.
  package func between(_ vector: [Float], _ item: ItemIndex) -> Float {
    zip(vector, vectors[item.position]).reduce(0) { $0 + $1.0 * $1.1 }
      * vector.directionScale * scales[item.position]
  }

  /// The vector of an item.
  package func vector(of item: ItemIndex) -> [Float] { Array(vectors[item.position]) }

  /// The items nearest to one by cosine, without itself and without items that have no direction.
  ///
  /// Equal ones are in the order of the catalogue. Looks at every item.
  package func nearest(
    to item: ItemIndex, count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [ScoredIndex] {
    nearest(
      to: Array(vectors[item.position]), scale: scales[item.position], count: count
    ) { $0 != item && isAllowed($0) }
  }

  /// The items nearest to a vector by cosine, without items that have no direction.
  ///
  /// Equal ones are in the order of the catalogue. Looks at every item.
  package func nearest(
    to vector: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [ScoredIndex] {
    nearest(to: vector, scale: vector.directionScale, count: count, where: isAllowed)
  }

  private func nearest(
    to own: [Float], scale: Float, count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [ScoredIndex] {
    var best = TopK(count)
    let block = 4096
    withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { products in
      for start in stride(from: 0, to: vectors.rows, by: block) {
        let rows = start..<min(start + block, vectors.rows)
        own.withUnsafeBufferPointer {
          vectors.innerProducts(of: rows, with: $0, into: products)
        }
        for row in rows where scales[row] > 0 {
          if isAllowed(ItemIndex(row)) {
            best.insert(row, score: products[row - start] * scales[row] * scale)
          }
        }
      }
    }
    return best.sorted()
  }

  /// The memory that the lengths take beside the vectors, in bytes.
  package var byteCount: Int { scales.count * MemoryLayout<Float>.size }
}

extension Sequence<Float> {
  /// One over the length of a vector; 0 for one of zeros, which has no direction.
  package var directionScale: Float {
    let square = reduce(Float(0)) { $0 + $1 * $1 }
    return square > 0 && square.isFinite ? 1 / square.squareRoot() : 0
  }
}
