import CorralData
import CorralVectors

/// One draw: an item and the logarithm of its probability.
struct Draw: Sendable {
  var item = ItemIndex(0)
  var logProbability: Float = 0
}

extension SamplingContext {
  /// A row's query vector; traps if it is not as long as the item vectors.
  func query(_ row: Int, of dimension: Int) -> ArraySlice<Float> {
    checkQueries(dimension)
    return queries[row]
  }

  /// Traps if the query vectors and the item vectors differ in length.
  func checkQueries(_ dimension: Int) {
    if queries.columns != dimension {
      fatalError(
        "sampling: queries of \(queries.columns) elements among items of \(dimension) elements")
    }
  }

  /// A row's positive item.
  func target(_ row: Int) -> ItemIndex {
    if targets.isEmpty { fatalError("sampling: this sampler needs the target of each row") }
    return targets[row]
  }

  /// Computes one number for each item, with equally many items in each row; threads share the rows.
  func mapRows(
    of items: [ItemIndex], grain: Int,
    _ body:
      @Sendable (
        _ rows: Range<Int>, _ width: Int, _ numbers: UnsafeMutableBufferPointer<Float>
      ) -> Void
  ) -> [Float] {
    guard rows > 0, items.count % rows == 0 else {
      if items.isEmpty { return [] }
      fatalError("sampling: \(items.count) items are not as many for each of \(rows) rows")
    }
    let width = items.count / rows
    var numbers = [Float](repeating: 0, count: items.count)
    Parallel.forEachRows(of: &numbers, width: width, grain: grain) { rows, part in
      body(rows, width, part)
    }
    return numbers
  }
}

extension Negatives {
  /// Negatives that a function draws for ranges of rows; threads share the rows.
  init(
    rows: Int, count: Int, grain: Int,
    _ body: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Draw>) -> Void
  ) {
    var draws = [Draw](repeating: Draw(), count: rows * count)
    Parallel.forEachRows(of: &draws, width: count, grain: grain, body)
    self.init(
      rows: rows, count: count, items: draws.map(\.item),
      logProbabilities: draws.map(\.logProbability))
  }
}
