package import CorralData
package import CorralVectors
import Torch

extension Retriever {
  /// The vectors of all items of a catalogue, `[items, width]`, made a block at a time.
  package func itemMatrix(count: Int) -> Matrix {
    Matrix(rows: count, columns: width, by: Self.block) { block in
      items(block.map(ItemIndex.init), .inference)
    }
  }

  /// The vectors of some queries, `[queries * interests, width]`, those of a query one after the
  /// other.
  ///
  /// They are made a block at a time, since a sequence model holds all positions of a block's
  /// histories.
  package func queryMatrix(_ batch: QueryBatch) -> Matrix {
    Matrix(rows: batch.count, each: interests, columns: width, by: 512) { block in
      queries(batch[block], .inference)
    }
  }

  /// The scores of all items of a catalogue for some queries, `[queries, items]`, by the best
  /// interest of a query.
  ///
  /// Memory beyond the result: a block of 8192 items.
  package func scoreMatrix(_ batch: QueryBatch, count: Int) -> Matrix {
    withoutGradients {
      var vectors = queries(batch, .inference)
      if vectors.rank == 2 { vectors = vectors.unsqueeze(1) }
      let blocks = stride(from: 0, to: count, by: Self.block).map { start in
        let items = items((start..<min(start + Self.block, count)).map(ItemIndex.init), .inference)
        return (0..<interests).map { scores(vectors.select(1, $0), items) }
          .reduce(nil) { best, next in best.map { maximum($0, next) } ?? next } ?? items
      }
      return blocks.isEmpty
        ? Matrix(rows: batch.count, columns: 0) : Tensor.cat(blocks, 1).matrix()
    }
  }

  /// The most items in a block.
  private static var block: Int { 8192 }
}

extension Matrix {
  /// The rows that a network makes of things, `each` for every one of them, a block at a time.
  init(
    rows: Int, each: Int = 1, columns: Int, by length: Int, of block: (Range<Int>) -> Tensor
  ) {
    var values: [Float] = []
    values.reserveCapacity(rows * each * columns)
    withoutGradients {
      for start in stride(from: 0, to: rows, by: length) {
        values += block(start..<min(start + length, rows)).floats()
      }
    }
    self.init(rows: rows * each, columns: columns, values: values)
  }
}

extension QueryBatch {
  /// Some of the queries.
  subscript(rows: Range<Int>) -> QueryBatch {
    if rows == 0..<count { return self }
    let start = histories.offsets[rows.lowerBound]
    return QueryBatch(
      users: Array(users[rows]),
      histories: Ragged(
        values: Array(histories.values[start..<histories.offsets[rows.upperBound]]),
        offsets: histories.offsets[rows.lowerBound...rows.upperBound].map { $0 - start }),
      context: context.isEmpty ? context : context.gathered(rows),
      clusters: clusters.isEmpty ? [] : Array(clusters[rows]))
  }
}
