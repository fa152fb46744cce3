public import CorralData
import Torch

extension Ranker {
  /// The score of every candidate of some requests, aligned with `candidates.values`: one row of
  /// candidates a query, of any lengths.
  ///
  /// Rows are scored some thousand candidates at a time, filled up to the longest of them.
  public func scores(
    _ candidates: Ragged<ItemIndex>, for queries: QueryBatch, as score: ServedScore = .main,
    heads: [HeadSettings] = []
  ) -> [Float] {
    if candidates.count != queries.count {
      fatalError("scores: \(candidates.count) rows of candidates for \(queries.count) queries")
    }
    return withoutGradients {
      var scores: [Float] = []
      scores.reserveCapacity(candidates.values.count)
      var first = 0
      while first < candidates.count {
        var last = first
        var width = 0
        while last < candidates.count {
          let wider = max(width, candidates.offsets[last + 1] - candidates.offsets[last])
          if last > first, wider * (last + 1 - first) > candidatesPerBlock { break }
          (width, last) = (wider, last + 1)
        }
        append(candidates, first..<last, width, of: queries, score, heads, to: &scores)
        first = last
      }
      return scores
    }
  }

  /// Appends the scores of some rows, each filled up with item 0.
  private func append(
    _ candidates: Ragged<ItemIndex>, _ rows: Range<Int>, _ width: Int, of queries: QueryBatch,
    _ score: ServedScore, _ heads: [HeadSettings], to scores: inout [Float]
  ) {
    if width == 0 { return }
    var items = [ItemIndex](repeating: ItemIndex(0), count: rows.count * width)
    for (position, row) in rows.enumerated() {
      for (column, item) in candidates[row].enumerated() { items[position * width + column] = item }
    }
    let batch = CandidateBatch(queries: queries[rows], items: items, candidates: width)
    let values = score.scores(logits(batch, .inference), heads).floats()
    for (position, row) in rows.enumerated() {
      scores += values[position * width..<position * width + candidates[row].count]
    }
  }
}

/// The candidates that are scored at a time.
private let candidatesPerBlock = 8192

extension ServedScore {
  /// The score `[batch, candidates]` of logits `[batch, candidates, tasks]`.
  fileprivate func scores(_ logits: Tensor, _ heads: [HeadSettings]) -> Tensor {
    switch self {
    case .main: logits.select(2, 0)
    case .sum:
      logits.sigmoid().matmul(
        Tensor([1] + heads.map(\.weight), device: logits.device))
    }
  }
}
