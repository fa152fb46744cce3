package import CorralData
import Torch

extension Ragged<ItemIndex> {
  /// One score for every candidate, aligned with `values`; each query has a row of any length.
  ///
  /// Rows are filled up to the longest of a block of some thousand candidates; `score` gives the
  /// `[batch, candidates]` of a block.
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

/// The most candidates in a block.
private let candidatesPerBlock = 8192

extension Ranker {
  /// The score of every candidate, aligned with `candidates.values`; each query has a row of any
  /// length.
  package func scores(
    _ candidates: Ragged<ItemIndex>, for queries: QueryBatch, as score: ServedScore = .main,
    heads: [HeadSettings] = []
  ) -> [Float] {
    candidates.scored(for: queries) { score.scores(logits($0, .inference), heads) }
  }
}

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

extension FrozenRetriever {
  /// The score of every candidate, aligned with `candidates.values`; each query has a row of any
  /// length.
  ///
  /// The prior, which is for retrieval, is not added.
  package func scores(_ candidates: Ragged<ItemIndex>, for queries: QueryBatch) -> [Float] {
    network { retriever in
      candidates.scored(for: queries) { retriever.scores($0, .inference) }
    }
  }
}

extension Retriever {
  /// The score of every candidate, `[batch, candidates]`, by the best interest of its query.
  func scores(_ batch: CandidateBatch, _ phase: Phase) -> Tensor {
    let rows = CandidateRows(batch, device: device)
    let own = rows.spread(items(rows.items, phase))
    let queries = queries(batch.queries, phase)
    if queries.rank == 2 { return scores(queries, own) }
    return (0..<interests).map { scores(queries.select(1, $0), own) }
      .reduce(nil) { best, next in best.map { maximum($0, next) } ?? next } ?? own
  }
}
