public import CorralData
public import CorralVectors
import Torch

extension Retriever {
  /// The vectors of all items of a catalogue, `[items, dimension]`, made a block at a time.
  public func itemMatrix(count: Int) -> Matrix {
    matrix(rows: count) { block in items(block.map(ItemIndex.init), .inference) }
  }

  /// The vectors of some queries, `[queries, dimension]`, made a block at a time.
  public func queryMatrix(_ batch: QueryBatch) -> Matrix {
    matrix(rows: batch.count) { block in queries(batch[block], .inference) }
  }

  private func matrix(rows: Int, of block: (Range<Int>) -> Tensor) -> Matrix {
    withoutGradients {
      var values: [Float] = []
      values.reserveCapacity(rows * dimension)
      for start in stride(from: 0, to: rows, by: 8192) {
        values += block(start..<min(start + 8192, rows)).floats()
      }
      return Matrix(rows: rows, columns: dimension, values: values)
    }
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
      context: context.isEmpty ? context : context.gathered(rows))
  }
}
