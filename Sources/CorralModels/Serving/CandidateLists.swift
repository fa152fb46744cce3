import CorralData
import Torch

extension Ragged<ItemIndex> {
  /// One score for every candidate of some requests, aligned with `values`: one row of candidates a
  /// query, of any lengths.
  ///
  /// Rows are scored some thousand candidates at a time, filled up to the longest of them;
  /// `score` makes `[batch, candidates]` of each such batch.
  func scored(for queries: QueryBatch, by score: (CandidateBatch) -> Tensor) -> [Float] {
    if count != queries.count {
      fatalError("scores: \(count) rows of candidates for \(queries.count) queries")
    }
    return withoutGradients {
      var scores: [Float] = []
      scores.reserveCapacity(values.count)
      var first = 0
      while first < count {
        var last = first
        var width = 0
        while last < count {
          let wider = Swift.max(width, offsets[last + 1] - offsets[last])
          if last > first, wider * (last + 1 - first) > candidatesPerBlock { break }
          (width, last) = (wider, last + 1)
        }
        if width > 0 {
          let values = score(filled(first..<last, to: width, for: queries)).floats()
          for row in first..<last {
            let start = (row - first) * width
            scores += values[start..<start + offsets[row + 1] - offsets[row]]
          }
        }
        first = last
      }
      return scores
    }
  }

  /// Some rows, each filled up with item 0.
  private func filled(
    _ rows: Range<Int>, to width: Int, for queries: QueryBatch
  ) -> CandidateBatch {
    var items = [ItemIndex](repeating: ItemIndex(0), count: rows.count * width)
    for (position, row) in rows.enumerated() {
      for (column, item) in self[row].enumerated() { items[position * width + column] = item }
    }
    return CandidateBatch(queries: queries[rows], items: items, candidates: width)
  }
}

/// The candidates that are scored at a time.
private let candidatesPerBlock = 8192
